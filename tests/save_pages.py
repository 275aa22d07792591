"""Run every lesson from a fresh kernel and save it with its outputs, and save the README's picture.

    python tests/save_pages.py [PAGE ...]

Saved this way a page holds what it shows and nothing that changes from run to run: no widget state, no references to
widgets of a kernel that is gone (some viewers show an error for them instead of the picture), no times, no Python
version.  Without arguments, all lessons and the picture.
"""
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
README_PICTURE = NOTEBOOKS / "lesson" / "show" / "unit.svg"


def save(path):
    """Run one notebook top to bottom and write it back; an error in a cell stops it before anything is written."""
    page = nbformat.read(path, as_version=4)
    NotebookClient(page, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}},
                   record_timing=False, store_widget_state=False, coalesce_streams=True).execute()
    page.metadata.pop("widgets", None)
    page.metadata.language_info.pop("version", None)
    for cell in page.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(page, path)


def readme_picture():
    """Return the README's picture: the unit at rest, as the lessons draw it."""
    sys.path.insert(0, str(NOTEBOOKS))
    from lesson.show.svg import svg
    from lesson.start_here import unit_picture
    picture = unit_picture()
    return svg(picture.layers(**picture.values), alt=picture.say(**picture.values)) + "\n"


if __name__ == "__main__":
    if len(sys.argv) == 1:
        README_PICTURE.write_text(readme_picture(), encoding="utf-8")
    for name in sys.argv[1:] or sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        print("saving", Path(name).name)
        save(Path(name).resolve())
