"""JupyterHub for a class on one machine; serve.py starts it and adds address, class word and folder.

Left alone it answers on this machine only and lets nobody in, since there is no class word in this file.
"""
import functools
import grp
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner
from jupyterhub.utils import maybe_future

HUB = Path(__file__).resolve().parent
DATA = Path(os.environ.get("HUB_DATA", HUB / "class")).resolve()
GROUP = os.environ.get("HUB_ACCOUNTS")
LOOK = 5  # seconds between two looks at a student's memory
FIRST_PAGE = "/lab/tree/course/notebooks/00_start_here.ipynb"
# For the kernels' sockets, whose names must stay below 108 letters; JupyterHub's end removes it.
RUN = tempfile.TemporaryDirectory(prefix="hub-", dir="/tmp", ignore_cleanup_errors=True)
if GROUP:
    os.chmod(RUN.name, 0o1733)  # each account makes a folder of its own there


@functools.lru_cache(maxsize=1)
def children(moment):
    """The processes of this machine by their parent; one look for all students who ask in the same moment."""
    found = defaultdict(list)
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text(errors="replace").rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        found[parent].append(int(status.parent.name))
    return found


def family(pid):
    """The processes that `pid` has started, and theirs."""
    for child in children(time.monotonic() // LOOK).get(pid, ()):
        yield child
        yield from family(child)


def resident(pid):
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def keep_below(pid, limit):
    """End the largest kernel of the server `pid` while server and kernels together hold more than `limit` bytes."""
    try:
        kernels = {child: resident(child) for child in family(pid)}
        if kernels and resident(pid) + sum(kernels.values()) > limit:
            largest = max(kernels, key=kernels.get)
            os.kill(largest, signal.SIGKILL)  # the student's server notices, starts it anew and says so on the page
            return largest
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended while we looked; the next look is seconds away


class Limited:
    """JupyterHub's local spawners take no memory limit: student.py limits each process, and this their sum."""

    async def poll(self):
        ended = await maybe_future(super().poll())
        if ended is None and self.pid and self.mem_limit:
            largest = keep_below(self.pid, self.mem_limit)
            if largest:
                self.log.warning("%s is over the memory limit: kernel %s ended", self.user.name, largest)
        return ended


class Named(Limited, SimpleLocalProcessSpawner):
    """A student is a name and a folder below DATA."""


class Account(Limited, LocalProcessSpawner):
    """A student is an account of this machine."""


c = get_config()  # noqa: F821  (JupyterHub runs this file with it)
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{DATA}/hub.sqlite"
c.JupyterHub.cookie_secret = secrets.token_bytes(32)  # in memory only: after a restart, students log in again
c.ConfigurableHTTPProxy.pid_file = f"{DATA}/proxy.pid"
c.ConfigurableHTTPProxy.command = [
    shutil.which("node") or "node",
    str(HUB / ".venv/proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.log_level = "warn"

if GROUP:
    c.JupyterHub.authenticator_class = "pam"
    c.JupyterHub.spawner_class = Account
    grp.getgrnam(GROUP)  # a name with a typing error would let nobody in, silently
    c.PAMAuthenticator.allowed_groups = {GROUP}
else:
    c.JupyterHub.authenticator_class = "shared-password"
    c.JupyterHub.spawner_class = Named
    c.SharedPasswordAuthenticator.user_password = os.environ.get("HUB_CLASS_WORD")
    c.Authenticator.allow_all = True
    c.Authenticator.username_pattern = "[a-z][a-z0-9_-]{0,30}"  # it becomes the name of a folder
    c.SimpleLocalProcessSpawner.home_dir_template = f"{DATA}/{{username}}"

c.Spawner.cmd = [sys.executable, str(HUB / "student.py")]
c.Spawner.args = [
    "--log-level=WARN",
    # It would look for language servers with npm: a second of a core for each student, and there are none.
    "--LanguageServerManager.autodetect=False",
    # Kernels of thirty servers that choose TCP ports take each other's, and some never start. Sockets cannot.
    "--KernelManager.transport=ipc",
    # Closed pages leave their kernels running; what a student leaves for 20 minutes is ended. Open pages are kept.
    "--MappingKernelManager.cull_idle_timeout=1200", "--MappingKernelManager.cull_interval=60"]
if os.geteuid() == 0 and not GROUP:
    c.Spawner.args.append("--allow-root")
c.Spawner.default_url = FIRST_PAGE
c.Spawner.mem_limit = "700M"  # 30 students in 24 GiB leave 3 GiB to the machine
c.Spawner.poll_interval = LOOK
# The matrices are small: threads of many kernels on few cores wait for each other.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1",
                         "JUPYTER_RUNTIME_DIR": lambda spawner: f"{RUN.name}/{spawner.user.id}"}
# A class starts at once: the last of thirty servers waits minutes for a core, and that is no failure.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300

c.JupyterHub.services = [{"name": "culler", "command": [
    sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600", "--cull-every=300"]}]
c.JupyterHub.load_roles = [{"name": "culler", "services": ["culler"], "scopes": [
    "list:users", "read:users:activity", "read:servers", "delete:servers"]}]
