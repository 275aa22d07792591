"""Where words of a drawing lie, so that a test can find words on words.  Knows no lesson."""
import itertools
import xml.etree.ElementTree as ET
from typing import NamedTuple

from lesson.show.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
LETTER, ABOVE = 0.52, 0.74  # width of a letter and height of a capital, as parts of the size of the letters


class Box(NamedTuple):
    """Words, and the rectangle they fill, about."""
    words: str
    left: float
    top: float
    right: float
    bottom: float


def boxes(drawing):
    """Return a Box for each text of a drawing."""
    found = []
    for element in ET.fromstring(svg([drawing], alt="")).iter(f"{SVG}text"):
        x, y, size = (float(element.get(key)) for key in ("x", "y", "font-size"))
        width = LETTER * size * len(element.text or "")
        left = x - {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
        found.append(Box(element.text or "", left, y - ABOVE * size, left + width, y))
    return found


def words_on_words(drawing):
    """Return the pairs of texts of a drawing that lie on each other."""
    return [(a.words, b.words) for a, b in itertools.combinations(boxes(drawing), 2)
            if min(a.right, b.right) > max(a.left, b.left) and min(a.bottom, b.bottom) > max(a.top, b.top)
            and a.words and b.words]
