"""start.py, run as a learner runs it: as a program, in a copy of the course."""
import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import start

ROOT = Path(__file__).resolve().parent.parent
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals like Ctrl-C for one program")
NO_INDEX = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "",
            "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "1"}


@pytest.fixture(scope="module", autouse=True)
def ctrl_c_counts():
    """A shell makes its background jobs ignore Ctrl-C; they hand that on, unless there is a handler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def copy_of_the_course(folder):
    """What start.py needs, in a folder whose name many programs get wrong."""
    course = folder / "mon élan"
    not_ours = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "notebooks", course / "notebooks", ignore=not_ours)
    names = ("start.py", "lstm_core.py", "lstm_layers.py", "requirements.txt", "requirements.lock",
             "tests/requirements.txt")
    for name in names:
        (course / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    return course


@pytest.fixture
def small_course(tmp_path):
    """A copy whose `start.py test` installs pytest with its workers and nothing else."""
    course = copy_of_the_course(tmp_path)
    (course / "requirements.txt").write_text("")
    (course / "tests/requirements.txt").write_text("pytest\npytest-xdist\n")
    return course


@pytest.fixture(scope="session")
def full_course(tmp_path_factory):
    """A copy with the environment that a learner gets, installed as at a learner's first start."""
    course = copy_of_the_course(tmp_path_factory.mktemp("learner"))
    install = "import sys, start; start.environment('.venv', ['requirements.txt'])"
    subprocess.run([sys.executable, "-c", install], cwd=course, env=without_uv(), check=True, timeout=300)
    return course


def without_uv(**more):
    """The environment variables, with a PATH on which no uv is found: tests must not depend on it."""
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if not shutil.which("uv", path=folder)]
    return dict(start.without_theirs(), PATH=os.pathsep.join(path), **more)  # those of the tests are no learner's


def run_start(course, *arguments, first="", **variables):
    """Run start.py from another folder, after the Python statement `first`."""
    program = f"{first}\nimport runpy, sys\nsys.argv[1:] = {arguments!r}\n" \
              f"runpy.run_path({str(course / 'start.py')!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", program], cwd=course.parent, env=without_uv(**variables),
                          capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120)


def assert_one_sentence(result, *words):
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and "Traceback" not in result.stderr, result.stderr
    for word in words:
        assert word in result.stderr


def test_the_source_can_be_parsed_by_old_pythons():
    source = (ROOT / "start.py").read_bytes()
    assert source.isascii()
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.Match)
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, too_new), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert node.returns is None and not arguments.kwonlyargs and not arguments.posonlyargs, node.name
            assert not any(argument.annotation for argument in arguments.args), node.name
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            assert not any(isinstance(item, ast.Starred) for item in node.elts), ast.unparse(node)
        if isinstance(node, ast.Raise):
            assert node.cause is None, ast.unparse(node)


def test_an_old_python_is_told_so(small_course):
    result = run_start(small_course, first="import sys; sys.version_info = (3, 10, 13, 'final', 0)")
    assert_one_sentence(result, "needs Python 3.11", "3.10")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(small_course, module):
    result = run_start(small_course, "test", first=f"import sys; sys.modules[{module!r}] = None")
    assert_one_sentence(result, "apt install python3.")


def test_no_network_is_one_sentence(small_course):
    (small_course / "requirements.txt").write_text("numpy\n")
    result = run_start(small_course, "--no-browser", **NO_INDEX)
    assert_one_sentence(result, "check the network connection")


def test_another_failure_names_the_last_error_and_the_log(small_course):
    (small_course / "requirements.txt").write_text("pytest<1\n")
    (small_course / "tests/requirements.txt").write_text("pytest>1\n")
    result = run_start(small_course, "test")
    assert_one_sentence(result, "ERROR: ", str(small_course / ".venv-test" / "install.log"))


def test_a_folder_that_cannot_be_written_in_is_one_sentence(small_course):
    (small_course / ".venv-test").write_text("a file where the folder has to be")
    result = run_start(small_course, "test")
    assert_one_sentence(result, str(small_course / ".venv-test"), "may write in")


def test_an_environment_of_somebody_else_is_left_alone(small_course):
    env = small_course / ".venv-test"
    env.mkdir()
    (env / "pyvenv.cfg").write_text("")
    assert_one_sentence(run_start(small_course, "test"), "did not make")
    assert list(env.iterdir()) == [env / "pyvenv.cfg"]


def test_the_test_command_hands_over_arguments_and_exit_code(small_course):
    (small_course / "tests/test_one.py").write_text("def test_a(): pass\ndef test_b(): assert False\n")
    (small_course.parent / "secrets.py").write_text("")  # theirs, on their PYTHONPATH
    (small_course.parent / "pytest.py").write_text("")
    first = run_start(small_course, "test", "-k", "test_a", PYTHONPATH=str(small_course.parent))
    assert first.returncode == 0 and "1 passed, 1 deselected" in first.stdout, first.stdout + first.stderr
    assert "Collecting" in first.stdout
    second = run_start(small_course, "test")
    assert second.returncode == 1 and "1 failed, 1 passed" in second.stdout
    assert "Preparing" not in second.stdout


@POSIX_ONLY
def test_an_interrupted_installation_is_repaired(small_course):
    env = small_course / ".venv-test"
    process = subprocess.Popen([sys.executable, small_course / "start.py", "test", "--version"],
                               env=without_uv(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               encoding="utf-8", start_new_session=True)
    for line in process.stdout:
        if "Collecting" in line:
            break
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches start.py and pip
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and errors == ""
    assert not (env / "complete").exists()
    (env / "half-made").write_text("")
    again = run_start(small_course, "test", "--version")
    assert again.returncode == 0 and "pytest" in again.stdout, again.stdout + again.stderr
    assert not (env / "half-made").exists()


@POSIX_ONLY
def test_an_environment_is_made_anew_when_it_has_to_be(small_course):
    (small_course / "tests/requirements.txt").write_text("")  # no pytest, so each start ends with code 1
    python = small_course / ".venv-test/bin/python"
    assert "Preparing" in run_start(small_course, "test").stdout
    assert "Preparing" not in run_start(small_course, "test").stdout
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert "Preparing" in run_start(small_course, "test").stdout
    (small_course / "tests/requirements.txt").write_text("# changed\n")
    assert "Preparing" in run_start(small_course, "test").stdout


def test_an_asked_for_port_that_is_taken_is_one_sentence(small_course):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_one_sentence(run_start(small_course, "--no-browser", "--port", port), port, "taken")


def started(course, **variables):
    """Start the course; the process, all it said until the address was complete, and the address."""
    process = subprocess.Popen([sys.executable, course / "start.py", "--no-browser"], cwd=course.parent,
                               env=without_uv(**variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               encoding="utf-8")
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    found = re.search(r"http://127\.0\.0\.1:\d+/\S+", said)
    assert found, said
    return process, said, found[0]


def stopped(process, how=signal.SIGTERM):
    """What start.py says when it is stopped this way."""
    process.send_signal(how)
    try:
        return process.communicate(timeout=30)[0]
    finally:
        process.terminate()


def status(address):
    """What the server answers at the address, or None when there is no server."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@POSIX_ONLY
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_address_opens_the_first_page_and_stopping_stops_the_server(full_course, how):
    process, _, address = started(full_course)
    try:
        assert "/lab/tree/notebooks/00_start_here.ipynb?token=" in address
        base, token = re.match(r"(http://[^/]+/).*token=(\w+)", address).groups()
        assert status(address) == 200
        assert status(f"{base}api/contents/notebooks/00_start_here.ipynb?token={token}") == 200
        assert status(f"{base}api/status?token=wrong") == 403
    finally:
        rest = stopped(process, how)
    assert process.returncode == 0 and "Stopping" in rest and "Traceback" not in rest
    assert status(base) is None


def test_a_taken_usual_port_is_passed_over(full_course):
    with hold(8888):
        process, said, address = started(full_course)
        stopped(process)
    assert "Port 8888 is taken" in said and ":8888/" not in address


def hold(port):
    """Keep a port taken; somebody else may hold it already, which serves as well."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.socket()


def test_a_server_that_dies_is_explained(full_course):
    broken = full_course / "jupyterlab.py"  # found first, since the server is started in this folder
    broken.write_text("raise SystemExit('the lab is out of order')")
    try:
        result = run_start(full_course, "--no-browser")
    finally:
        broken.unlink()
    assert result.returncode == 1 and "stopped by itself" in result.stderr
    assert "the lab is out of order" in result.stderr and "Traceback" not in result.stderr


def by_files(home):
    """Somebody's settings in the usual places: an address, a token and a certificate, and a lab that does not start."""
    write(home / ".jupyter/jupyter_server_config.py", "c.ServerApp.base_url = '/mine/'\n"
          "c.ServerApp.port = 9999\nc.IdentityProvider.token = 'mine'\nc.ServerApp.certfile = 'mine.pem'\n")
    write(home / ".jupyter/jupyter_lab_config.py", "raise SystemExit('a broken configuration')")
    return {}


def by_variables(home):
    """Somebody's settings in places that the environment names."""
    write(home / "config/jupyter_lab_config.py", "raise SystemExit('a broken configuration')")
    write(home / "path/jupyter_server_config.json", '{"ServerApp": {"base_url": "/mine/"}}')
    for module in ("secrets", "traitlets"):  # one that start.py needs, one that JupyterLab needs
        write(home / f"modules/{module}.py", "raise SystemExit('a module of theirs')")
    return {"JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_CONFIG_PATH": str(home / "path"),
            "JUPYTER_PORT": "9999", "JUPYTER_PREFER_ENV_PATH": "0", "PYTHONPATH": str(home / "modules"),
            "PYTHONHOME": sys.base_prefix}


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@POSIX_ONLY
@pytest.mark.parametrize("settings", [by_files, by_variables])
def test_settings_of_another_jupyter_reach_neither_the_server_nor_its_start(full_course, tmp_path, settings):
    variables = settings(tmp_path)
    theme = "lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    write(Path(variables.get("JUPYTER_CONFIG_DIR", tmp_path / ".jupyter"), theme), '{"theme": "JupyterLab Dark"}')
    process, _, address = started(full_course, HOME=str(tmp_path), **variables)
    try:
        base, token = re.match(r"(http://[^/]+/).*token=(\w+)", address).groups()
        assert status(address) == 200
        assert status(f"{base}api/terminals?token={token}") == 200  # our own extensions are there
        with urllib.request.urlopen(f"{base}lab/api/settings/@jupyterlab/apputils-extension:themes?token={token}",
                                    timeout=10) as answer:
            assert "JupyterLab Dark" in json.load(answer)["raw"]  # their theme stays
    finally:
        stopped(process)


IN_A_KERNEL = """
from jupyter_client.manager import start_new_kernel
from jupyter_core.paths import jupyter_config_path
manager, client = start_new_kernel()
client.execute_interactive("print(6 * 7)", timeout=60)
manager.shutdown_kernel(now=True)
print(*jupyter_config_path())
"""


@pytest.mark.parametrize("names", [["HOME", "USERPROFILE"], ["IPYTHONDIR"]])
def test_a_kernel_starts_without_their_files(full_course, tmp_path, names):
    """Nor has a folder of the whole machine, /etc/jupyter for one, a say: only a new and empty one is looked into."""
    for ipython in (tmp_path, tmp_path / ".ipython"):
        write(ipython / "profile_default/startup/first.py", "import os; os._exit(3)")
    write(tmp_path / "kernels/python3/kernel.json", '{"argv": ["false"], "display_name": "x", "language": "python"}')
    write(tmp_path / "ipykernel.py", "raise SystemExit('theirs')")
    theirs = {name: str(tmp_path) for name in [*names, "JUPYTER_PATH", "PYTHONPATH"]}
    program = f"""if True:
        import start, subprocess
        python = start.environment(".venv", ["requirements.txt"])
        with start.own_settings(".venv") as variables:
            subprocess.run([python, "-c", {IN_A_KERNEL!r}], env=variables, check=True)"""
    done = subprocess.run([sys.executable, "-c", program], cwd=full_course, env=without_uv(**theirs),
                          capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 0, done.stderr
    printed, folders = done.stdout.splitlines()
    assert printed == "42" and re.fullmatch(r"\S+jupyter-clean-cfg-\w+", folders)


def in_place_of_jupyterlab(course, program):
    """A server of another kind where start.py starts ours: it answers each connection as the program does."""
    (course / "jupyterlab.py").write_text(f"""if True:
        import re, socket, sys, time
        port = int(re.search("--port=([0-9]+)", " ".join(sys.argv))[1])
        server = socket.create_server(("127.0.0.1", port))
        {program}""")


ANSWERS = ["HTTP/1.0 401 Unauthorized\r\n\r\n", "HTTP/1.0 403 Forbidden\r\n\r\n",
           "HTTP/1.0 404 Not Found\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n<title>Another program</title>",
           "HTTP/1.0 200 OK\r\n\r\n[]", "HTTP/1.0 200 OK\r\n\r\n3", "SSH-2.0-OpenSSH_9.2\r\n"]


@pytest.mark.parametrize("answer", ANSWERS, ids=["401", "403", "404", "page", "list", "number", "no HTTP"])
def test_a_server_that_answers_as_none_of_ours_is_one_sentence(full_course, answer):
    in_place_of_jupyterlab(full_course, f"""while True:
            other = server.accept()[0]
            other.recv(10000)
            other.sendall({answer.encode()!r})
            other.close()""")
    try:
        result = run_start(full_course, "--no-browser")
    finally:
        (full_course / "jupyterlab.py").unlink()
    assert_one_sentence(result, "Another program answers at port", "--port")


def test_a_server_that_never_answers_is_told_and_waited_for(full_course):
    in_place_of_jupyterlab(full_course, "time.sleep(7)")
    faster = "import time; usual = time.monotonic; time.monotonic = lambda: 20 * usual()"
    try:
        result = run_start(full_course, "--no-browser", first=faster)
    finally:
        (full_course / "jupyterlab.py").unlink()
    assert result.returncode == 0 and result.stdout.count("has not answered for 60 s") == 1, result.stdout
    assert str(full_course / ".venv" / "jupyter.log") in result.stdout
