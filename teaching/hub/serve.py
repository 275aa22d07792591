"""Start the course's JupyterHub for a class, in an environment of its own.

    python teaching/hub/serve.py                       on this machine only, http://127.0.0.1:8000
    python teaching/hub/serve.py --address 0.0.0.0 --cert FILE --key FILE       for the class

The class word, which students give with their name, is made anew at each start and printed once; to choose it,
set the environment variable HUB_CLASS_WORD.  Ctrl-C ends the hub and every student's server.
"""
import argparse
import ipaddress
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

HUB = Path(__file__).resolve().parent
sys.path.insert(0, str(HUB.parents[1]))

import start  # noqa: E402  (its folder comes first)

PROXY = "configurable-http-proxy@5.3.0"
LONGEST_END = 90  # seconds for thirty servers to end
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on a board


def read_arguments(arguments):
    """The options, with all that can be wrong about them said in one sentence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1", help="the address to answer on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to answer on (8000)")
    parser.add_argument("--cert", type=Path, help="the TLS certificate (PEM)")
    parser.add_argument("--key", type=Path, help="its private key (PEM)")
    parser.add_argument("--plain", action="store_true", help="no TLS: everybody on the network can read along")
    parser.add_argument("--memory", default="700M", help="memory of one student, server and kernels (700M)")
    parser.add_argument("--folder", type=Path, default=HUB / "class",
                        help="where the students' folders are (teaching/hub/class)")
    parser.add_argument("--accounts", metavar="GROUP",
                        help="students are the accounts of this group of this machine; needs root")
    parser.add_argument("--as-root", action="store_true",
                        help="let students work as root: only inside a container made for that")
    options = parser.parse_args(arguments)
    problem = next(filter(None, problems(options)), None)
    if problem:
        start.fail(problem)
    return options


def problems(options):
    """Each thing that stands against a start, or None, in the order in which to mend them."""
    root = os.geteuid() == 0
    try:
        loopback = ipaddress.ip_address(options.address).is_loopback
    except ValueError:
        yield f"--address takes an IP address such as 127.0.0.1 or 0.0.0.0, not {options.address}."
    yield (options.cert is None) != (options.key is None) and "--cert and --key go together."
    for path in filter(None, [options.cert, options.key]):
        yield not path.is_file() and f"There is no file {path}."
    yield not (loopback or options.cert or options.plain) and (
        f"{options.address} is open to the network: add --cert and --key, or --plain if nothing here is secret.")
    yield not re.fullmatch(r"[1-9]\d*[MG]", options.memory) and (
        f"--memory takes a number with M or G, such as 700M, not {options.memory}.")
    yield options.accounts and not root and "--accounts logs students in as accounts of this machine: run it as root."
    yield root and not (options.accounts or options.as_root) and (
        "As root, every student would be root here: start as another user, or with --accounts GROUP.")
    yield len(os.environ.get("HUB_CLASS_WORD", "long enough")) < 8 and "HUB_CLASS_WORD needs at least 8 letters."
    yield not (shutil.which("node") and shutil.which("npm")) and (
        "The hub's proxy needs Node.js with npm: install them (https://nodejs.org) and start again.")


def prepare():
    """The Python of the hub's complete environment; npm installs the proxy into it, unless it is there."""
    python = start.environment("teaching/hub/.venv", ["requirements.txt", "teaching/hub/requirements.txt"],
                               ["requirements.lock"])
    proxy = HUB / ".venv/proxy"
    if (proxy / "complete").exists():
        return python
    start.say("Installing the proxy")
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", proxy, PROXY],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if done.returncode != 0:
        start.fail(f"npm could not install the proxy: {done.stdout.strip()[-500:]}")
    (proxy / "complete").touch()
    return python


def free_port(usual):
    """The usual port of this machine if it is free, or any other."""
    for port in (usual, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as taken:
                return taken.getsockname()[1]
        except OSError:
            continue
    start.fail("This machine has no free port.")


def command(python, options):
    """What starts JupyterHub."""
    tls = [f"--JupyterHub.ssl_{name}={path.resolve()}"
           for name, path in (("cert", options.cert), ("key", options.key)) if path]
    return [str(python), "-m", "jupyterhub", "-f", str(HUB / "jupyterhub_config.py"), "--log-level=WARN",
            f"--JupyterHub.bind_url={address(options)}", f"--JupyterHub.hub_port={free_port(8081)}",
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port(8001)}",
            f"--Spawner.mem_limit={options.memory}", *tls]


def address(options):
    """Where the hub answers."""
    host = f"[{options.address}]" if ":" in options.address else options.address
    return f"http{'s' if options.cert else ''}://{host}:{options.port}"


def main(arguments):
    """Prepare, say where the class finds the course, and run JupyterHub until Ctrl-C."""
    options = read_arguments(arguments)
    start.choose_port(options.port)
    python = prepare()
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    env = dict(os.environ, HUB_DATA=str(options.folder.resolve()), HUB_ACCOUNTS=options.accounts or "")
    start.say(f"The class finds the course at {address(options)}")
    if not options.accounts:
        made = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        word = env.setdefault("HUB_CLASS_WORD", made)
        start.say(f"Class word (with any name): {word}" if word == made else "Class word: yours, from HUB_CLASS_WORD")
    start.say(f"Ctrl-C ends the hub and every student's server. It writes {options.folder / 'hub.log'}.")
    return run(command(python, options), env, options.folder / "hub.log")


def end_proxy(pid_file):
    """End the proxy that JupyterHub 6.1, if it had to start one anew before, starts once more while it ends."""
    try:
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
        pid_file.unlink()
    except (FileNotFoundError, ProcessLookupError):
        pass


def run(hub, env, log):
    """Run JupyterHub until it ends, or until Ctrl-C, SIGTERM or a closed window ends it."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    with open(log, "w", encoding="utf-8") as output:  # in a session of its own, so that Ctrl-C reaches only us
        process = subprocess.Popen(hub, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    try:
        process.wait()
    except KeyboardInterrupt:
        start.say("\nEnding every student's server.")
        process.terminate()
        try:
            process.wait(LONGEST_END)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            os.killpg(process.pid, signal.SIGKILL)  # the hub and its proxy; not the students' servers
            start.fail("JupyterHub did not end in time and was killed: look for jupyterhub.singleuser processes.")
        return 0
    finally:
        end_proxy(log.parent / "proxy.pid")
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    start.fail("JupyterHub stopped by itself; {0} ends so:\n{1}".format(log, "\n".join(said)))


if __name__ == "__main__":
    if os.name == "nt":
        sys.exit("JupyterHub does not run on Windows: use Linux, or WSL.")
    sys.exit(main(sys.argv[1:]))
