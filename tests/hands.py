"""The hand on a live picture of the browser: its handles held, its numbers looked into.  Knows no lesson.

What the page says after each move must be exactly what the picture's own say() and draw() answer in this process.
"""
import re

from live import DRAWN, answers, becomes, put, read

LINE = ".live-over p"


def handles(picture):
    """Return the controls that have a handle in a picture at rest, in the order of the drawing."""
    return [picture._handles[name] for name in _names(picture.draw(**picture.values).body, "hold")]


def numbers(picture, **values):
    """Return the names of what can be looked into, in the order of the drawing: the handles that answer too."""
    drawing = picture.draw(**{**picture.values, **values})
    return [name for name in _names(drawing.body, "hold|part") if name in drawing.parts]


def _names(body, kind):
    return re.findall(rf'data-(?:{kind})="([^"]+)"', body)


def handle(place, name):
    """Return a handle of a picture on the page."""
    return place.locator(f'.live-ink [data-hold="{name}"]')


def middle(page, part):
    """Return where the middle of a handle is on the screen, scrolled there if need be, once it stands still."""
    place = None
    while place != (place := _middle(part)):  # JupyterLab lays out what comes into sight, and moves what is there
        page.wait_for_timeout(100)
    return place


def _middle(part):
    part.evaluate("one => one.ownerSVGElement.scrollIntoView({block: 'center'})")  # Firefox scrolls to no part of it
    box = part.locator("> :not(.halo)").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def stands(page, place, control):
    """Return where a handle stands, once all moves are drawn and the page says nothing newer for a moment."""
    page.evaluate(DRAWN)
    seen = None
    while seen != (seen := float(handle(place, control.name).get_attribute("aria-valuenow"))):
        page.wait_for_timeout(250)
    return seen


def handles_move(page, picture, place, first=None):
    """Hold each handle of a picture, or the first few: by keys, by dragging and by a double click, and compare what
    the picture says."""
    positions, *_ = read(picture, place)
    for control in handles(picture)[:first]:
        name, one = control.name, handle(place, control.name)
        low, high, rest = control.low, control.high, control.value
        one_up, ten_up = (min(high, round(low + steps * control.step, 10)) for steps in (1, 10))
        for key, position in (("End", high), ("Home", low), ("ArrowRight", one_up), ("ArrowLeft", low),
                              ("ArrowUp", one_up), ("ArrowDown", low), ("PageUp", ten_up), ("PageDown", low),
                              ("PageUp", ten_up)):
            one.press(key)
            answers(page, picture, place, positions := put(positions, control, position))
            assert page.evaluate("document.activeElement.dataset.hold") == name, "the redraw took the focus away"
        positions = put(positions, control, dragged(page, place, control, position))
        answers(page, picture, place, positions)
        double_click(page, one, control)
        answers(page, picture, place, positions := put(positions, control, rest))
        page.keyboard.press("Escape")


def dragged(page, place, control, before):
    """Drag a handle from where it stood before, and return where it comes to stand."""
    one = handle(place, control.name)
    for _ in range(3):  # anew where a busy machine laid out the page between the look and the press
        drag(page, one, 90, control.name)
        if (now := stands(page, place, control)) != before:
            return now
    raise AssertionError(f"{control.name} does not follow the mouse: it stays at {before}")


def double_click(page, one, control):
    """Click twice at once on a handle; anew where a busy machine was too slow for it to count as one."""
    for _ in range(20):
        page.mouse.dblclick(*middle(page, one))
        page.wait_for_timeout(100)
        if float(one.get_attribute("aria-valuenow")) == control.value:
            return


def drag(page, one, length, name):
    """Drag a handle along its way, or to the right where it has none, by so many picture units, in steps."""
    x, y = middle(page, one)
    along = one.get_attribute("data-along")
    scale = one.evaluate("one => one.ownerSVGElement.getScreenCTM().a")
    dx, dy = 1, 0
    if along:
        points = [float(number) for number in along.split()]
        ahead, back = (points[-2:], points[:2])
        dx, dy = ahead[0] - back[0], ahead[1] - back[1]
        size = (dx * dx + dy * dy) ** 0.5 or 1
        dx, dy = dx / size, dy / size
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x + scale * dx * length * step / 6, y + scale * dy * length * step / 6)
    page.mouse.up()


def numbers_can_be_looked_into(page, picture, place, first=None):
    """Look into each number of a picture, or the first few, by focus and by resting the mouse, and compare its line
    with the core's."""
    positions, *_ = read(picture, place)
    drawing = picture.draw(**positions)
    said = lambda: place.locator(LINE).text_content()
    for name in numbers(picture, **positions)[:first]:
        one = place.locator(f'.live-ink [data-part="{name}"], .live-ink [data-hold="{name}"]')
        one.evaluate("one => one.blur()")  # it may have the focus already
        one.focus()
        becomes(page, said, drawing.parts[name].line)
        assert inside(place), f"the line of {name} is cut off"
        lit, of = place.locator(".live-over svg > g").count(), drawing.parts[name].of
        assert lit >= 1 + len(of) if of else lit == 0, f"{name}: {lit} parts light up, of {of}"
        page.keyboard.press("Escape")
        becomes(page, said, "")
    page.mouse.move(1, 1)
    page.mouse.move(*middle(page, one))
    becomes(page, said, drawing.parts[name].line)
    page.mouse.move(1, 1)
    one.evaluate("one => one.blur()")
    becomes(page, said, "")


def inside(place):
    """Tell whether the line lies inside of the picture, in letters of 14 px or more."""
    return place.locator(LINE).evaluate("""line => {
        const box = line.getBoundingClientRect(), frame = line.parentElement.getBoundingClientRect();
        return parseFloat(getComputedStyle(line).fontSize) >= 14 && box.left >= frame.left - 1
            && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    }""")


def tab_reaches_everything_once(page, picture, place):
    """From the first handle or number of a picture, Tab goes to each of them once, in the order of the drawing."""
    positions, *_ = read(picture, place)
    body = picture.draw(**positions).body
    order = _names(body, "hold|part")
    place.locator(".live-ink [tabindex]").first.focus()
    for name in order:
        found = page.evaluate("() => { const {hold, part} = document.activeElement.dataset; return hold ?? part; }")
        assert found == name
        page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.live-ink')")
