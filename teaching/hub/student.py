"""Start one student's server: limit its memory, give the student a copy of the course, become the server.

JupyterHub runs this as the student, on one machine and on Kubernetes; arguments go on to jupyterhub-singleuser.
"""
import os
import resource
import shutil
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
CONTENTS = ("lstm_*.py", "LICENSE", "notebooks/*.ipynb", "notebooks/lesson")


def limit_memory(size):
    """Let this process, and each that it starts, hold at most `size` bytes: more is a MemoryError there."""
    # RLIMIT_DATA counts what is written; RLIMIT_AS would count address space, of which threads reserve gigabytes.
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def copy_course(home):
    """Copy the course to the student's folder, unless it is there: what a student has is never overwritten."""
    own = home / "course"
    if own.exists():
        return
    half = home / ".course-being-copied"  # renamed when complete: an interrupted copy is made anew
    shutil.rmtree(half, ignore_errors=True)
    for path in [path for pattern in CONTENTS for path in COURSE.glob(pattern)]:
        target = half / path.relative_to(COURSE)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, target, copy_function=shutil.copyfile,
                            ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copyfile(path, target)  # without the original's permissions: theirs to write
    half.rename(own)


def main():
    """Prepare, and become the server."""
    size = os.environ.get("MEM_LIMIT")  # JupyterHub sets it from Spawner.mem_limit, in bytes
    if size:
        limit_memory(int(size))
    os.chdir(Path.home())
    copy_course(Path.home())
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


if __name__ == "__main__":
    main()
