"""The hub for a class: what its files promise, and one real class of one, with its proxy and its kernel killed."""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
HUB = ROOT / "teaching" / "hub"
PYTHON = HUB / ".venv/bin/python"
FILES = [path for path in HUB.iterdir() if path.is_file()]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")


@pytest.fixture(scope="module")
def hub_python():
    """The Python of the hub's environment; CI makes it, elsewhere it has to be there."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("the hub's proxy needs Node.js with npm")
    if not (HUB / ".venv/proxy/complete").exists() and not os.environ.get("CI"):
        pytest.skip("no teaching/hub/.venv: python teaching/hub/serve.py makes it")
    made = serve("import serve; serve.prepare()")
    assert made.returncode == 0, made.stderr
    return PYTHON


def serve(code, **env):
    """Run Python code that can import serve.py."""
    return subprocess.run([sys.executable, "-c", code], cwd=HUB, env=dict(os.environ, **env), encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)


def started(*options, **env):
    """What serve.py says of these options before it does anything."""
    return serve(f"import serve; print(vars(serve.read_arguments({['--as-root', *options]!r})))", **env)


def test_a_wrong_option_gets_one_sentence(tmp_path):
    for options, said in [
            (["--address", "0.0.0.0"], "open to the network"),
            (["--address", "localhost"], "takes an IP address"),
            (["--cert", "a.pem"], "go together"),
            (["--address", "0.0.0.0", "--cert", "no.pem", "--key", "no.pem"], "no file no.pem"),
            (["--memory", "lots"], "such as 700M")]:
        result = started(*options)
        assert result.returncode == 1 and said in result.stderr and "Traceback" not in result.stderr, options
    assert "at least 8" in started(HUB_CLASS_WORD="short").stderr
    without_node = started(PATH=str(tmp_path))
    assert "needs Node.js" in without_node.stderr


@pytest.mark.skipif(not shutil.which("npm"), reason="serve.py asks for npm first")
def test_it_answers_on_this_machine_only_unless_told():
    result = started()
    assert result.returncode == 0 and "'address': '127.0.0.1'" in result.stdout
    assert started("--address", "0.0.0.0", "--plain").returncode == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can start it as root")
def test_students_do_not_become_root_by_accident():
    result = serve("import serve; serve.read_arguments([])")
    assert result.returncode == 1 and "every student would be root" in result.stderr


def test_no_file_holds_a_secret():
    assert len(FILES) > 5
    secret = re.compile(r"(?i)(?:password|token|secret|word)\w*\s*[:=]\s*[\"'][^\"'$]+[\"']|\b[0-9a-f]{32,}\b"
                        r"|BEGIN [A-Z ]*PRIVATE KEY")
    for path in FILES:
        assert not secret.search(path.read_text()), path
    assert "dummy" not in (HUB / "jupyterhub_config.py").read_text().lower()


def test_values_for_kubernetes_name_what_exists():
    values = yaml.safe_load((HUB / "values.yaml").read_text())
    config, student = values["hub"]["config"], values["singleuser"]
    assert config["JupyterHub"]["authenticator_class"] == "shared-password"
    assert "SharedPasswordAuthenticator" not in config  # the word comes on the command line
    assert values["proxy"]["service"]["type"] == "ClusterIP"
    command, script = student["cmd"]
    assert command == "python" and (ROOT / script.removeprefix("/srv/course/")).is_file()
    assert (ROOT / student["defaultUrl"].removeprefix("/lab/tree/course/")).is_file()
    assert student["memory"]["limit"] == "700M" and student["extraEnv"]["OPENBLAS_NUM_THREADS"] == "1"
    assert values["cull"]["enabled"] is True
    readme = (HUB / "README.md").read_text()
    assert "--target-repo-dir /srv/course" in readme and student["image"]["name"].split("/")[0] in readme


def test_the_readme_names_what_exists():
    readme = (HUB / "README.md").read_text()
    options = set(re.findall(r"--[a-z-]+", serve("import serve; serve.read_arguments(['--help'])").stdout))
    for line in re.findall(r"^python teaching/hub/(serve\.py.*)$", readme, re.M):
        assert set(re.findall(r"--[a-z-]+", line)) <= options, line
    for name in re.findall(r"^- `([\w.]+)`", readme, re.M):
        assert (HUB / name).is_file(), name


LIMITED = """
import os, pathlib, sys
sys.path.insert(0, {hub!r})
import student
student.limit_memory(300 * 10 ** 6)
home = pathlib.Path({home!r})
student.copy_course(home)
own = home / "course/notebooks/00_start_here.ipynb"
own.write_text("mine")
student.copy_course(home)
print(own.read_text(), (home / "course/lstm_core.py").exists(), (home / "course/notebooks/lesson/show/svg.py").exists())
try:
    bytearray(400 * 10 ** 6)
except MemoryError:
    print("limited")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces RLIMIT_DATA")
def test_a_student_gets_a_limit_and_a_copy_that_stays(tmp_path):
    result = subprocess.run([sys.executable, "-c", LIMITED.format(hub=str(HUB), home=str(tmp_path))],
                            encoding="utf-8", stdout=subprocess.PIPE, timeout=60, check=True)
    assert result.stdout.splitlines() == ["mine True True", "limited"]


CONFIG = """
import json, os, subprocess, sys, time
from traitlets.config import PyFileConfigLoader
names = {}
loader = PyFileConfigLoader("jupyterhub_config.py", path={hub!r})
config = loader.load_config()
keep_below = config.JupyterHub.spawner_class.poll.__globals__["keep_below"]
hold = "import time; held = b'x' * {size}; print(flush=True); time.sleep(60)"
server = '''
import subprocess, sys
for size in (50, 90):
    child = subprocess.Popen([sys.executable, "-c", "import time; held = b'x' * (%d << 20); print(flush=True); "
                              "time.sleep(60)" % size], stdout=subprocess.PIPE)
    child.stdout.readline()
    print(child.pid, flush=True)
sys.stdin.read()
'''
process = subprocess.Popen([sys.executable, "-c", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
small, large = (int(process.stdout.readline()) for _ in range(2))
ended = [keep_below(process.pid, 150 << 20)]
time.sleep(1)  # until the system has taken the memory back
ended.append(keep_below(process.pid, 150 << 20))
os.kill(small, 9)
process.kill()
print(json.dumps(dict(bind=config.JupyterHub.bind_url, memory=config.Spawner.mem_limit,
                      first_page=config.Spawner.default_url,
                      threads=config.Spawner.environment["OPENBLAS_NUM_THREADS"],
                      word=config.SharedPasswordAuthenticator.user_password, ended=ended == [large, None],
                      services=[service["name"] for service in config.JupyterHub.services])))
"""


def test_the_configuration_loads_closed_and_limited(hub_python, tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    code = CONFIG.replace("{hub!r}", repr(str(HUB)))
    result = subprocess.run([hub_python, "-c", code], env=dict(env, HUB_DATA=str(tmp_path)), encoding="utf-8",
                            stdout=subprocess.PIPE, timeout=120, check=True)
    assert json.loads(result.stdout) == {
        "bind": "http://127.0.0.1:8000", "memory": "700M", "word": None, "ended": True, "services": ["culler"],
        "first_page": "/lab/tree/course/notebooks/00_start_here.ipynb", "threads": "1"}


def test_a_class_of_one(hub_python):
    """Two lessons through a real hub; its proxy and a kernel are killed on the way."""
    result = subprocess.run([hub_python, HUB / "load_test.py", "--students", "1", "--minutes", "4"], encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=360)
    assert result.returncode == 0, result.stdout
    for line in ["kernels started anew: 1;", "saved pages: 2, lost: 0", "failures: 0 of 1 students",
                 "processes left behind by the hub: 0"]:
        assert line in result.stdout, result.stdout
