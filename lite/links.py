"""Let the two links at the end of README.md lead to the repository that this folder was cloned from, or to another.

    python lite/links.py [OWNER/REPOSITORY]
"""
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def origin(folder):
    """Return OWNER/REPOSITORY on GitHub, as git knows it in the folder; None where it knows none."""
    try:
        said = subprocess.run(["git", "remote", "get-url", "origin"], cwd=folder, capture_output=True, encoding="utf-8")
    except FileNotFoundError:  # a machine without git
        return None
    found = re.search(r"github\.com(?::\d+)?[:/]([^/\s]+/[^/\s]+?)(?:\.git)?/?$", said.stdout)
    return found and found[1]


def linked(text, repository):
    """Return README's text with links to the site and the Binder of a repository."""
    owner, name = repository.split("/")
    site = f"https://{owner}.github.io/" + ("" if name.lower() == f"{owner}.github.io".lower() else f"{name}/")
    text = re.sub(r"^\[site\]: \S+$", f"[site]: {site}", text, flags=re.MULTILINE)
    return re.sub(r"^(\[binder\]: \S+/gh)/[^/]+/[^/]+/", rf"\1/{repository}/", text, flags=re.MULTILINE)


def main():
    """Set the links, and say to whose repository."""
    repository = sys.argv[1] if sys.argv[1:] else origin(README.parent)
    if not repository or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        sys.exit("git knows no repository on GitHub here: name yours, as in  python lite/links.py OWNER/REPOSITORY")
    README.write_text(linked(README.read_text(encoding="utf-8"), repository), encoding="utf-8", newline="\n")
    print(f"README.md leads to {repository} now: commit it.")


if __name__ == "__main__":
    main()
