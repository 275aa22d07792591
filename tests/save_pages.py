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
    """Return the README's picture: a hand drags the unit's input down and up again, as in the lessons.

    It moves without a script, which no README may run: each look is a group that is visible at its times.  Who wants
    less motion sees the unit at rest.
    """
    sys.path.insert(0, str(NOTEBOOKS))
    from lesson.show import svg
    from lesson.start_here import unit_picture
    picture = unit_picture()
    paper, ink = picture.layers(**picture.values)
    inputs = [round(1 - k / 4, 10) for k in range(29)]  # down to -6, where the forget gate is shut
    looks = [picture.draw(**picture.values | {"x": x}).body for x in inputs]
    body, style = "", ".look{visibility:hidden}.rest{visibility:visible}"
    for k, look in enumerate(looks):
        # In hundredths of the way, there and back; at both ends it waits for a while.
        begin, end = (0 if k == 0 else 12 + k), (62 if k == len(looks) - 1 else 13 + k)
        times = sorted({(begin, end), (102 - end, min(102 - begin, 100))})
        frames = "".join(f"{at}%{{visibility:visible}}{to}%{{visibility:hidden}}" for at, to in times)
        style += f"@keyframes k{k}{{0%{{visibility:hidden}}{frames}}}"
        style += f"@media(prefers-reduced-motion:no-preference){{#l{k}{{animation:k{k} 9s step-end infinite}}}}"
        body += f'<g id="l{k}" class="look{" rest" if k == 0 else ""}">{look}{hand(70 + 2 * inputs[k], 528)}</g>'
    moving = ink._replace(body=f"<style>{style}</style>{body}")
    return svg.svg([paper, moving], alt=picture.say(**picture.values)) + "\n"


def hand(x, y):
    """Return the arrow that a mouse moves, its tip at this place."""
    return f'<path d="M{x:g} {y:g}v20l5 -5l4 8l4 -2l-4 -8h7z" fill="#1a1a1a" stroke="#ffffff" stroke-width="1.5"/>'


if __name__ == "__main__":
    if len(sys.argv) == 1:
        README_PICTURE.write_text(readme_picture(), encoding="utf-8")
    for name in sys.argv[1:] or sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        print("saving", Path(name).name)
        save(Path(name).resolve())
