"""Open the course, or run its tests, each in an environment of its own.

    python start.py               make .venv (the first time), start JupyterLab, open the first lesson
    python start.py test [...]    make .venv-test, run every test; further arguments go to pytest

Both environments belong to this script: when the requirements or the Python change, it makes them anew.
"""
# Any Python from 2.7 on must be able to parse this file, or a learner with an old one meets a syntax error
# instead of the sentence below. So: no f-strings, no annotations, no other syntax of Python 3, ASCII only.
import sys

if sys.version_info < (3, 11):
    sys.exit("This course needs Python 3.11 or newer, and this is Python {0}.{1}: install a newer one "
             "from https://www.python.org/downloads/ and start again.".format(*sys.version_info))

import os

# Modules of theirs on PYTHONPATH must not stand before the standard library: many people have a secrets.py.
THEIRS = [os.path.abspath(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
sys.path.sort(key=lambda folder: folder in THEIRS)

import argparse
import contextlib
import hashlib
import http.client
import importlib.util
import json
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser

ROOT = pathlib.Path(__file__).resolve().parent
FIRST_PAGE = "notebooks/00_start_here.ipynb"
WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # for all tests; a few are done sooner without
USUAL_PORTS = range(8888, 8988)
PATIENCE = 60  # seconds without a word of JupyterLab's

# What pip (the first three) and uv say when they cannot reach the package index.
OFFLINE = re.compile("connection broken by|ReadTimeout|from versions: none|"
                     "dns error|tcp connect error|error sending request")
PROGRESS = re.compile(r"\s*((?:Collecting|Downloading|Building|Installing|Resolved|Prepared) .+?)(?: \(|:|$)")


def say(text, passing=False):
    """Print a line; in a terminal, the next line takes the place of a passing one."""
    end = "\n"
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        text = (text[:width] if passing else text).ljust(width)
        end = "\r" if passing else "\n"
    sys.stdout.write(text + end)
    sys.stdout.flush()


def fail(sentence):
    """Stop with one sentence, below the passing line that tells how far we came."""
    sys.exit(("\n" if sys.stdout.isatty() else "") + sentence)


def environment(folder, requirements, constraints=()):
    """The Python of a complete environment with these requirements, made anew unless it is there."""
    env = ROOT / folder
    python = env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = env / "complete"
    wanted = fingerprint(requirements + list(constraints))
    if stamp.is_file() and stamp.read_text() == wanted and runs(python):
        return python

    uv = shutil.which("uv")
    if not uv and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        fail("This Python has no venv module: install it (on Debian and Ubuntu: sudo apt install "
             "python{0}.{1}-venv) and start again.".format(*sys.version_info))
    say("Preparing {0} (this takes a minute or two, once)".format(folder))
    began = time.monotonic()
    empty(env)
    options = [part for name in requirements for part in ("-r", name)]
    options += [part for name in constraints for part in ("-c", name)]
    with open(env / "install.log", "w", encoding="utf-8") as log:
        if uv:
            run(log, uv, "venv", "--allow-existing", "--python", sys.executable, env)
            run(log, uv, "pip", "install", "--python", python, *options)
        else:
            run(log, sys.executable, "-m", "venv", env)
            # Python compiles what it imports; to compile everything now takes a third of the time.
            run(log, python, "-m", "pip", "install", "--no-compile", "--no-input", "--progress-bar", "off",
                "--disable-pip-version-check", *options)
    quiet_lab(env)
    stamp.write_text(wanted)
    say("{0} is ready ({1:.0f} s)".format(folder, time.monotonic() - began))
    return python


def fingerprint(names):
    """Changes when the environment has to be made anew."""
    contents = b"\0".join((ROOT / name).read_bytes() for name in names)
    return "Python {0}.{1} ".format(*sys.version_info) + hashlib.sha256(contents).hexdigest()


def runs(python):
    """False when the Python that made the environment has gone (on Windows, the file itself stays)."""
    try:
        return subprocess.call([python, "-c", ""], env=without_theirs(), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def empty(env):
    """Clear away an old or half-made environment of ours; one that somebody else made is left alone."""
    if (env / "pyvenv.cfg").exists():
        if not (env / "install.log").exists():
            fail("start.py did not make {0}: move or remove it and start again.".format(env))
        (env / "pyvenv.cfg").unlink()  # first, so that an interrupted removal still counts as ours
    if env.exists():
        shutil.rmtree(env)
    env.mkdir()


def run(log, *command):
    """One step of the installation: progress on the screen, everything in the log, a sentence if it fails."""
    lines, steps = [], 0
    with subprocess.Popen(command, cwd=ROOT, env=dict(without_theirs(), PYTHONIOENCODING="utf-8"), encoding="utf-8",
                          errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            log.write(line)
            log.flush()
            lines.append(line.strip())
            progress = PROGRESS.match(line)
            if progress and ".metadata" not in line:  # pip downloads those notes on packages in between
                steps += 1
                say("{0:5} {1}".format(steps, progress[1]), passing=True)
    if process.returncode != 0:
        fail(reason(lines, log.name))


def reason(lines, log):
    """One sentence out of what pip or uv said when it failed."""
    said = "\n".join(lines)
    if "No space left on device" in said:
        return "The disk is full: make room and start again."
    if OFFLINE.search(said):
        return "The packages cannot be downloaded: check the network connection and start again."
    spoken = [line for line in lines if line] or ["it ended without a word"]
    errors = [line for line in spoken if line.lower().startswith("error")] or spoken
    return "The installation failed: {0} (all that was said is in {1})".format(errors[-1], log)


def quiet_lab(prefix):
    """Switch off the question about news with which JupyterLab's first start covers a corner of the page."""
    path = pathlib.Path(prefix, "share/jupyter/lab/settings/overrides.json")
    settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    news = settings.setdefault("@jupyterlab/apputils-extension:notification", {})
    news.update(fetchNews="false", checkForUpdates=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=2), encoding="utf-8")


def run_tests(pytest_options):
    python = environment(".venv-test", ["requirements.txt", "tests/requirements.txt"], ["requirements.lock"])
    with own_settings(".venv-test") as variables:
        return subprocess.call([python, "-m", "pytest"] + (pytest_options or WORKERS), cwd=ROOT, env=variables)


def open_course(asked_port, browser):
    port = choose_port(asked_port)
    python = environment(".venv", ["requirements.txt"])
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):  # a closed window ends us as Ctrl-C does
        signal.signal(getattr(signal, name), signal.default_int_handler)
    with own_settings(".venv") as variables:
        return serve(python, port, variables, browser)


def serve(python, port, variables, browser):
    """Run JupyterLab until somebody stops it."""
    log = ROOT / ".venv" / "jupyter.log"
    token = secrets.token_hex(24)
    server = start_server(python, port, dict(variables, JUPYTER_TOKEN=token), log)
    try:
        if answers(server, port, token, log):
            page = "http://127.0.0.1:{0}/lab/tree/{1}?token={2}".format(port, FIRST_PAGE, token)
            say("The course is open at")
            say("\n    {0}\n\nTo stop it, press Ctrl-C here.".format(page))
            if browser:
                webbrowser.open(page)
        while server.poll() is None:  # on Windows, server.wait() would not notice Ctrl-C
            time.sleep(0.3)
    except KeyboardInterrupt:
        say("\nStopping JupyterLab.")
        return 0
    finally:
        stop(server)
    if server.returncode != 0:
        last_lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        fail("JupyterLab stopped by itself; {0} ends so:\n{1}".format(log, "\n".join(last_lines)))
    say("JupyterLab was shut down.")
    return 0


def start_server(python, port, variables, log):
    command = [python, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port={0}".format(port),
               "--ServerApp.port_retries=0", "--ServerApp.root_dir={0}".format(ROOT)]
    command += extension_options(ROOT / ".venv")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in containers, where Jupyter refuses otherwise
    # In a session of its own, Ctrl-C reaches only us: a server that gets it and stop() leaves kernels behind.
    with open(log, "w") as output:
        return subprocess.Popen(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, start_new_session=True)


def extension_options(env):
    """What the environment's packages add to the server, terminals for one: without configuration it has to be told."""
    files = sorted((env / "etc/jupyter/jupyter_server_config.d").glob("*.json"))
    parts = [json.loads(path.read_text(encoding="utf-8")).get("ServerApp", {}) for path in files]
    return ["--ServerApp.jpserver_extensions={0}=True".format(name)
            for part in parts for name in part.get("jpserver_extensions", {})]


def without_theirs():
    """Our environment variables, less those that set up somebody's Python, IPython or Jupyter for other work."""
    theirs = ("PYTHON", "IPYTHON", "JUPYTER")
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(theirs)}


@contextlib.contextmanager
def own_settings(folder):
    """Environment variables under which Jupyter, its kernels and the tests behave alike on everybody's machine.

    Nobody's configuration is read: a password, an address or a broken file in it would reach our server, and an
    IPython start-up file our pages. A learner's theme and shortcuts stay where they are.
    One thread for NumPy's matrix products, unless it is set otherwise: the course's matrices are small, and more
    threads wait for each other, most of all where many kernels share a machine.
    """
    own = ROOT / folder / "jupyter"
    (own / "ipython").mkdir(parents=True, exist_ok=True)
    config = os.environ.get("JUPYTER_CONFIG_DIR") or os.path.expanduser("~/.jupyter")
    theme = os.environ.get("JUPYTERLAB_SETTINGS_DIR") or os.path.join(config, "lab", "user-settings")
    # Not in our folder: some of a machine's disks cannot keep a file private, and the server insists on it.
    with tempfile.TemporaryDirectory(prefix="lstm-", ignore_cleanup_errors=True) as runtime:
        yield dict({"OPENBLAS_NUM_THREADS": "1"}, **dict(
            without_theirs(), JUPYTER_NO_CONFIG="1", JUPYTER_PREFER_ENV_PATH="1", JUPYTER_DATA_DIR=str(own),
            JUPYTER_RUNTIME_DIR=runtime, JUPYTERLAB_SETTINGS_DIR=theme,
            JUPYTERLAB_WORKSPACES_DIR=str(own / "workspaces"), IPYTHONDIR=str(own / "ipython")))


def choose_port(asked):
    """The asked-for port, or the first free one of the usual ones."""
    for port in USUAL_PORTS if asked is None else [asked]:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except (OSError, OverflowError):
            continue
        if asked is None and port != USUAL_PORTS[0]:
            say("Port {0} is taken, so the course uses port {1}.".format(USUAL_PORTS[0], port))
        return port
    fail("Port {0} is taken or not allowed: choose another with --port.".format(port))


def answers(server, port, token, log):
    """Wait for the server's first answer; False when it ended without one."""
    began = time.monotonic()
    patient = True
    say("Starting JupyterLab", passing=True)
    while server.poll() is None:
        ours = answer_of_ours(port, token)
        if ours:
            return True
        if ours is False:
            fail("Another program answers at port {0} in the place of JupyterLab: choose another port with "
                 "--port.".format(port))
        time.sleep(0.3)
        waited = time.monotonic() - began
        if patient and waited > PATIENCE:
            patient = False
            say("JupyterLab has not answered for {0} s: wait if this machine is slow, or press Ctrl-C and see what it "
                "said in {1}".format(PATIENCE, log))
        if sys.stdout.isatty():
            say("Starting JupyterLab: {0:.0f} s".format(waited), passing=True)
    return False


def answer_of_ours(port, token):
    """True when our server answers at the port, False when something else does, None when nothing does yet."""
    status = urllib.request.Request("http://127.0.0.1:{0}/api/status".format(port),
                                    headers={"Authorization": "token " + token})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by a proxy
    try:
        with direct.open(status, timeout=5) as answer:
            return "kernels" in json.loads(answer.read(10000))
    except urllib.error.HTTPError:
        return False
    except OSError:
        return None
    except (http.client.HTTPException, ValueError, TypeError):
        return False


def stop(server):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave the server behind
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()


def main(arguments):
    sys.stdout.reconfigure(errors="backslashreplace")  # for letters a console lacks
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        parser = argparse.ArgumentParser(description=__doc__,
                                         formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
        parser.add_argument("--port", type=int, help="the port of this machine to use")
        options = parser.parse_args(arguments)
        return open_course(options.port, not options.no_browser)
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except OSError as error:
        fail("start.py cannot go on: {0}: {1} (the course needs a folder that you may write in, "
             "with 700 MB free).".format(error.filename or ROOT, error.strerror))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
