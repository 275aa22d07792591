"""What Binder builds, as far as that can be seen without Docker: its recipe, and the recipe's pip step."""
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def dockerfile():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "--user-id", "1000",
               "--user-name", "jovyan", "."]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", check=True, timeout=120).stdout


def test_the_recipe_uses_our_files(dockerfile):
    assert "Building conda environment for python=3.12" in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    assert pip_arguments(dockerfile) == [["install", "--no-cache-dir", "-r", "binder/requirements.txt"]]


def pip_arguments(dockerfile):
    """The arguments of each pip install step, as lists."""
    steps = re.findall(r"^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/pip (install .*)$", dockerfile, re.M)
    return [step.replace('"', "").split() for step in steps]


def test_every_file_that_a_requirements_file_names_exists():
    """repo2docker prints the same recipe when one is missing; only the build would fail, on Binder."""
    for requirements in [ROOT / "requirements.txt", *ROOT.glob("*/requirements.txt")]:
        for named in re.findall(r"^(?:-r|-c)\s*(\S+)", requirements.read_text(), re.M):
            assert (requirements.parent / named).is_file(), f"{requirements} names {named}"


def test_the_pins_are_the_tested_versions():
    pins = re.findall(r"^\w+==\S+$", (ROOT / "binder/requirements.txt").read_text(), re.M)
    assert len(pins) == 6
    assert set(pins) <= set((ROOT / "requirements.lock").read_text().split())


def python_of_binder():
    """Python 3.12 as on Binder where this machine has one, else the one that runs the tests."""
    found = shutil.which("python3.12")
    runs = found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0
    return found if runs else sys.executable


def base_packages():
    """The exact JupyterLab and ipywidgets that repo2docker's base for Python 3.12 brings."""
    lock = Path(importlib.util.find_spec("repo2docker").submodule_search_locations[0],
                "buildpacks/conda/environment.py-3.12-linux-64.lock").read_text()
    return [f"{name}=={version}" for name, version in re.findall(r"/(jupyterlab|ipywidgets)-([\d.]+)-", lock)]


@pytest.fixture(scope="session")
def image(dockerfile, tmp_path_factory):
    """The environment of Binder's image: the packages of its base, then the pip steps of the recipe."""
    env = tmp_path_factory.mktemp("binder") / "notebook"
    subprocess.run([python_of_binder(), "-m", "venv", env], check=True, timeout=120)
    python = env / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for arguments in [["install", *base_packages()], *pip_arguments(dockerfile)]:
        subprocess.run([python, "-m", "pip", *arguments], cwd=ROOT, check=True, timeout=900)
    return python


def run_in(image, program, cwd):
    return subprocess.run([image, "-c", program], cwd=cwd, check=True, capture_output=True, encoding="utf-8",
                          timeout=120).stdout


def test_the_pages_can_import_what_they_need(image):
    run_in(image, "import lesson, numpy, matplotlib, ipywidgets, jupyterlab, nbval", ROOT / "notebooks")


def test_our_requirements_leave_the_jupyter_of_the_base_alone(image):
    program = "from importlib.metadata import version as v\n" \
              "print(*(f'{name}=={v(name)}' for name in ('jupyterlab', 'ipywidgets')))"
    assert len(base_packages()) == 2
    assert sorted(run_in(image, program, ROOT).split()) == sorted(base_packages())


@pytest.mark.skipif(sys.platform == "win32", reason="Binder's images are Linux")
def test_post_build_switches_the_question_about_news_off(image):
    overrides = image.parent.parent / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text('{"another-setting": {"kept": true}}')
    path = {"PATH": f"{image.parent}:/usr/bin:/bin"}
    subprocess.run(["./binder/postBuild"], cwd=ROOT, env=path, check=True, timeout=60)
    settings = json.loads(overrides.read_text())
    assert settings["another-setting"] == {"kept": True}
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


@pytest.mark.skipif(sys.platform == "win32", reason="Binder's images are Linux")
def test_the_server_starts_with_one_thread_for_each_matrix_product(dockerfile):
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile
    program = "import os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    command = ["./binder/start", sys.executable, "-c", program]
    for given, wanted in (({}, "1\n"), ({"OPENBLAS_NUM_THREADS": "2"}, "2\n")):
        assert subprocess.check_output(command, cwd=ROOT, env=given, encoding="utf-8", timeout=60) == wanted
