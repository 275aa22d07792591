"""In every picture of every lesson: no letters on letters or outside, and no curve along the edge of its axes.

Looked at in the browser, at rest, at both ends of each control, and where all controls stand anywhere.
"""
from itertools import islice

import pytest
from clashes import clashes
from fonts import FAMILIES
from pages import PAGES, pictures_on
from test_picture import anywhere, ends

# pages has put the folder of `lesson` on the path.
# isort: split
from lesson.show.running import RunningPicture

COUNT = 12


def looks(picture, count):
    """Yield a picture's layers at so many positions; of one that trains, at rest and as a run begins."""
    if isinstance(picture, RunningPicture):
        yield picture.layers(**picture.values)
        for state in islice(picture._run(**picture.values), count):
            yield [*picture._below, picture._draw_state(state, **picture.values)]
    else:
        yield from (picture.layers(**values) for values in ends(picture) + anywhere(picture, count))


@pytest.mark.parametrize("lesson", PAGES, ids=lambda page: page.stem)
def test_nothing_lies_on_anything_else(browser, lesson):
    page = browser.new_page()
    for picture in pictures_on(lesson):
        for family in FAMILIES:
            assert clashes(page, looks(picture, COUNT), family) == []
    page.close()
