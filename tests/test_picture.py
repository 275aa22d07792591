"""Every live picture, in every position its controls can take: well-formed, inside its frame, and true.

The positions form a grid over the whole range of every control, both ends included.
"""
import base64
import itertools
import json
import math
import os
import random
import re
import subprocess
import sys
import threading
import warnings
import xml.etree.ElementTree as ET

import ipywidgets as widgets
import numpy as np
import pytest

from lesson.forget_gate import gate_picture
from lesson.gradients_side_by_side import flow_picture
from lesson.learning_the_weights import backward_picture
from lesson.show.picture import Choice, Held, LivePicture, Slider, Switch
from lesson.show.row import Row
from lesson.show.running import RunningPicture
from lesson.sigmoid_and_tanh import activation_picture
from lesson.start_here import unit_picture
from lesson.two_companies import companies_picture, exchange_picture, own_days_picture
from lesson.why_networks_forget import descent_picture, loop_picture, power_picture, rnn_picture, sum_picture
from lesson.show.svg import Drawing, bounded, number, share, svg, text
from lstm_core import VIDEO_UNIT_4_DIGITS
from pages import NOTEBOOKS, PAGES, pictures_on

SVG = "{http://www.w3.org/2000/svg}"
MINUS = "\N{MINUS SIGN}"

MAKERS = {
    "unit": unit_picture,
    **{f"unit, stage {stage}": lambda stage=stage: unit_picture(stage=stage) for stage in (1, 2, 3)},
    **{f"activation {name}": lambda name=name: activation_picture(name) for name in ("sigmoid", "tanh")},
    **{f"gate {name}": lambda name=name: gate_picture(name) for name in ("forget", "input", "candidate", "output")},
    "loop": loop_picture, "power": power_picture, "sum": sum_picture, "descent": descent_picture, "flow": flow_picture,
    "companies": companies_picture, "exchange": exchange_picture, "sequence": own_days_picture, "rnn": rnn_picture,
    "backward": backward_picture,
}  # those that train are looked at on their pages, and in test_running
every_maker = pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))


# ------------------------------------------------------------------------------------------ the grid of positions

POSITIONS = 600  # about as many for each picture, shared out among its sliders


def ends(picture):
    """Return positions of all controls: at rest, and each control alone at both its ends, or at each of its options."""
    rest = picture.values
    return [rest] + [{**rest, control.name: value} for control in picture.controls for value in control.positions(2)
                     if value != rest[control.name]]


def grid(picture):
    """Return positions of all controls: every option and switch, and for each slider as many as POSITIONS allows.

    Where three for each slider would be many more than that, as many of them as it allows, and the ends of each.
    """
    if isinstance(picture, RunningPicture):  # each of its positions is a training
        return ends(picture)
    rows = [control for control in picture.controls if not isinstance(control, Held)]
    sliders = sum(isinstance(control, Slider) for control in rows)
    others = math.prod(len(control.positions(0)) for control in rows if not isinstance(control, Slider))
    each = max(3, round((POSITIONS / others) ** (1 / max(sliders, 1))))
    names = [control.name for control in rows]
    found = [{**picture.values, **dict(zip(names, values, strict=True))}
             for values in itertools.product(*(control.positions(each) for control in rows))]
    if len(found) > 2 * POSITIONS:
        found = random.Random(4).sample(found, POSITIONS) + ends(picture)
    return found + anywhere(picture, 60) if len(rows) < len(picture.controls) else found


def anywhere(picture, count):
    """Return so many positions at which all controls stand anywhere in their range."""
    rng = np.random.default_rng(4)
    return [{control.name: rng.choice(control.positions(99)).item() for control in picture.controls}
            for _ in range(count)]


def check_everywhere(picture):
    """Draw and say the picture at every position of the grid; every warning is an error."""
    sizes, start = {}, picture.values
    switches, rows = ([control.name for control in picture.controls if isinstance(control, kind)]
                      for kind in ((Choice, Switch), Row))
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        for values in grid(picture):
            drawing, sentence = picture.draw(**values), picture.say(**values)
            check_drawing(drawing, sentence)
            for name in rows:  # their handles say where they stand
                picture._holders[name][0].value = values[name]
            check_update(picture, drawing, sentence)
            sizes.setdefault(tuple(values[name] for name in switches), set()).add(drawing[:2])
    for name in rows:  # other tests of this process look at the same picture
        picture._holders[name][0].value = start[name]
    # A page must not jump while a hand drags a slider.
    assert all(len(found) == 1 for found in sizes.values()), sizes


def check_drawing(drawing, sentence):
    """Check one drawing and its sentence: well-formed, every number a finite one, every place inside the frame."""
    root = ET.fromstring(svg([drawing], alt=sentence))
    assert root.get("aria-label") == sentence
    for element in root.iter():
        for words in (*element.attrib.values(), element.text or ""):
            assert not NO_NUMBER.search(words), words
        for x, y in places(element):
            assert 0 <= x <= drawing.width and 0 <= y <= drawing.height, ET.tostring(element, "unicode")


def check_update(picture, drawing, sentence):
    """Check that it takes at most 30 kB to send a drawing and its sentence to the browser; 36 of twelve days."""
    size = sum(len(json.dumps(sent, ensure_ascii=False).encode())
               for sent in (picture._ink_of(drawing, sentence), sentence))
    assert size <= (36_000 if any(isinstance(one, Row) for one in picture.controls) else 30_000), f"{size} bytes"


NO_NUMBER = re.compile(r"(?<![a-z])(nan|inf|infinity|None)(?![a-z])")  # not those in dominant, information and none


def places(element):
    """Return where an SVG element lies: the centre of a circle, the start of a text, the corners of a shape."""
    def at(*keys):
        return tuple(float(element.get(key)) for key in keys)

    match element.tag.removeprefix(SVG):
        case "circle":
            return [at("cx", "cy")]
        case "text":
            return [at("x", "y")]
        case "rect":
            (x, y), (width, height) = at("x", "y"), at("width", "height")
            return [(x, y), (x + width, y + height)]
        case "polyline" | "polygon":
            return [tuple(map(float, point.split(","))) for point in element.get("points").split()]
        case _:
            return []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_position_of_every_picture_on_every_page(page):
    pictures = pictures_on(page)
    assert pictures, "every lesson has a live picture"
    for picture in pictures:
        check_everywhere(picture)


# -------------------------------------------------------------------------------- the sentence and the ink are true

def sigmoid(a):
    """Compute sigmoid without the core."""
    return 1 / (1 + math.exp(-a))


def by_hand(c, h, x):
    """Compute the video's unit without the core: every number that the sentence names."""
    f = sigmoid(2.70 * h + 1.63 * x + 1.62)
    g = math.tanh(1.41 * h + 0.94 * x - 0.32)
    i = sigmoid(2.00 * h + 1.65 * x + 0.62)
    o = sigmoid(4.38 * h - 0.19 * x + 0.59)
    new_c = f * c + i * g
    tanh_c = math.tanh(new_c)
    return {"f": f, "kept": f * c, "g": g, "i": i, "c": new_c, "o": o, "tanh_c": tanh_c, "h": o * tanh_c}


def written(value, digits):
    """Write an ordinary number as the pictures do."""
    return f"{value:.{digits}f}".replace("-", MINUS)


ORDINARY = [(2, 1, 1), (-3, 1, 1), (0.5, -0.5, 2), (4, 0.25, -1.5)]  # nothing so small that it needs more digits


@pytest.mark.parametrize("c, h, x", ORDINARY)
@pytest.mark.parametrize("more, digits", [(False, 2), (True, 4)])
def test_the_unit_tells_the_truth(c, h, x, more, digits):
    picture = unit_picture()
    values = {**picture.values, "c": c, "h": h, "x": x, "more": more}
    n = {name: written(value, digits) for name, value in by_hand(c, h, x).items()}
    n |= {gate: written(100 * by_hand(c, h, x)[gate], 2 if more else 1) + "\N{NO-BREAK SPACE}%" for gate in "fio"}
    assert picture.say(**values) == (
        f"Input {written(x, digits)}, short-term memory {written(h, digits)}: "
        f"the forget gate keeps {n['f']} of the long-term memory {written(c, digits)}, which leaves {n['kept']}; "
        f"the input gate adds {n['i']} of the candidate {n['g']}, so the long-term memory is now {n['c']}; "
        f"the output gate shows {n['o']} of tanh {n['tanh_c']}, so the short-term memory is now {n['h']}.")
    drawn = words_in(picture.draw(**values))
    assert {n[name] for name in ("kept", "g", "c", "tanh_c", "h")} <= drawn
    assert {written(by_hand(c, h, x)[gate], max(digits, 3)) for gate in "fio"} <= drawn


def words_in(drawing):
    """Return every text of a drawing."""
    return {element.text for element in ET.fromstring(svg([drawing], alt="")).iter(f"{SVG}text")}


def lines(picture, **values):
    """Return the line of every number of a picture, by name, with an ordinary minus and times."""
    parts = picture.draw(**{**picture.values, **values}).parts
    return {name: part.line.replace(MINUS, "-").replace("\N{MULTIPLICATION SIGN}", "*") for name, part in parts.items()}


def test_the_unit_answers_with_the_arithmetic_of_the_video():
    """Rounded first at each step, the two results are those that the video shows."""
    line = lines(unit_picture())
    assert (line["a_f"], line["f"]) == ("forget sum = 1.00 * 2.70 + 1.00 * 1.63 + 1.62 = 5.95",
                                        "f = sigmoid(5.95) = 0.997")
    assert line["a_o"] == "output sum = 1.00 * 4.38 + 1.00 * (-0.19) + 0.59 = 4.78"
    assert line["added"] == "added = 0.986 * 0.97 = 0.95 (rounded first: 0.96)"
    assert line["new_h"] == "new h = 0.992 * 0.99 = 0.99 (rounded first: 0.98)"


@pytest.mark.parametrize("c, h, x", ORDINARY)
@pytest.mark.parametrize("more, digits", [(False, 2), (True, 4)])
def test_every_line_of_the_unit_is_true(c, h, x, more, digits):
    """What stands between the signs, computed, is what the line ends with, or what it says of rounding first."""
    n = by_hand(c, h, x)
    results = {"f": "f", "g": "g", "i": "i", "o": "o", "kept": "kept", "new_c": "c", "tanh_c": "tanh_c", "new_h": "h"}
    line = lines(unit_picture(), c=c, h=h, x=x, more=more)
    for name, key in results.items():
        end = re.search(r"= (\S+)( \(rounded first: \S+\))?$", line[name])[1]
        assert end == f"{n[key]:.{max(digits, 3) if name in 'fio' else digits}f}", line[name]
    computed = [name for name in line if " = " in line[name] and name not in "chx"]
    assert len(computed) == 13
    for name in computed:
        left, *_, end = re.sub(r"^[\w ]+ = (?=.* = )", "", line[name]).split(" = ")
        first = (re.search(r"rounded first: (\S+)\)", end) or re.match(r"(\S+)", end))[1]
        value = eval(left, {"sigmoid": sigmoid, "tanh": math.tanh})
        assert abs(value - float(first)) <= 0.50001 * 10 ** -len(first.partition(".")[2]), line[name]


@pytest.mark.parametrize("stage, names", [(1, 3), (2, 9), (3, 13), (None, 13)])
def test_the_numbers_are_played_in_the_order_in_which_they_are_computed(stage, names):
    """Each is made of handles, and of numbers that came before it."""
    picture = unit_picture(stage=stage)
    drawing = picture.draw(**picture.values)
    assert len(drawing.order) == names
    seen = {control.name for control in picture.controls} | {f"{k}_{which}" for k in "fgio" for which in "wub"}
    for name in drawing.order:
        assert set(drawing.parts[name].of) <= seen
        seen.add(name)
    assert drawing.parts["f"].ask and not drawing.parts["a_f"].ask


@every_maker
def test_every_part_is_in_the_picture_once_and_can_be_reached(make):
    """And nothing is a handle without a control, or a source that is nowhere."""
    picture = make()
    drawing = picture.draw(**picture.values)
    there = re.findall(r'data-(?:hold|part)="([^"]+)"', drawing.body)
    assert len(there) == len(set(there))
    assert set(drawing.parts) | set(drawing.order) <= set(there)
    assert {source for part in drawing.parts.values() for source in part.of} <= set(there)
    assert set(re.findall(r'data-hold="([^"]+)"', drawing.body)) <= set(picture._handles)
    assert {one.name for one in picture.controls if isinstance(one, Held)} <= set(there)


def test_a_weight_that_was_moved_is_said_and_leaves_a_ring():
    picture = unit_picture()
    moved = {**picture.values, "f_w": 0.0}
    assert picture.say(**moved).endswith(
        " The forget gate's weight on h is 0.00: the weights are not the video's.")
    assert picture.say(**{**moved, "o_b": 1.0}).endswith(" 2 of the weights are not the video's.")
    assert "not the video's" not in picture.say(**picture.values)
    rings = lambda **values: picture.draw(**values).body.count('r="6" fill="none"')
    assert (rings(**picture.values), rings(**moved)) == (0, 2)  # the forget gate's sum moves, and with it tanh(c)


def test_a_nudge_shows_what_the_slope_predicts_beside_what_the_loss_does():
    """Found a second time by hand, from the sum up: at rest the forget gate's bias moves by 0.5."""
    picture = backward_picture()
    v = picture.values
    def loss(b):
        f = sigmoid(2.70 * v["h"] + 1.63 * v["x"] + b)
        n = by_hand(v["c"], v["h"], v["x"])
        return n["o"] * math.tanh(f * v["c"] + n["i"] * n["g"])

    slope = (loss(1.62 + 1e-6) - loss(1.62 - 1e-6)) / 2e-6
    assert v["which"] == "forget gate's bias" and v["dc"] == 0 and v["dh"] == 1
    assert picture.say(**v).endswith(
        f"If the forget gate's bias moves by {v['by']:.2f}, its slope predicts a change of the loss by "
        f"{written(slope * v['by'], 3)}; really it is {written(loss(1.62 + v['by']) - loss(1.62), 3)}.")


def test_every_slope_of_a_weight_is_that_of_the_nudge():
    """For all twelve: a small nudge does what the number below the weight says."""
    picture = backward_picture()
    names = {control.label: control.name for control in picture.controls if isinstance(control, Held)}
    values = {**picture.values, "dc": 0.7, "by": 0.05}
    parts = picture.draw(**values).parts
    assert len(names) == 12
    for which, name in names.items():
        said = picture.say(**{**values, "which": which}).replace(MINUS, "-")
        predicted = float(re.search(r"by (\S+); really", said)[1])
        letter, kind = name.split("_")
        line = parts[f"{letter}_d{kind}" if kind != "b" else name].line.replace(MINUS, "-")
        assert predicted == pytest.approx(0.05 * float(line.split(" = ")[-1]), abs=0.0006)


@pytest.mark.parametrize("stage, hidden", [(1, ["g", "c", "tanh_c", "h"]), (2, ["tanh_c", "h"])])
def test_a_stage_shows_no_number_of_a_later_stage(stage, hidden):
    """A page that explains stage 1 asks for the others later: its picture must not give the answer away."""
    n = by_hand(0.5, -0.5, 2)
    drawn = words_in(unit_picture(stage=stage).draw(c=0.5, h=-0.5, x=2, more=True))
    assert written(n["kept"], 4) in drawn
    assert not {written(n[name], 4) for name in hidden} & drawn




# ------------------------------------------------------------------------------------------------ numbers as text

@pytest.mark.parametrize("value, digits, expected", [
    (0, 2, "0.00"), (-0.0, 2, "0.00"), (2, 2, "2.00"), (-1.5, 1, f"{MINUS}1.5"), (0.9974009, 3, "0.997"),
    (0.004, 2, "0.004"), (-0.004, 2, f"{MINUS}0.004"), (0.0000063, 2, "0.000006"), (0.00096, 2, "0.001"),
    (0.005, 2, "0.01"), (1e-12, 2, "1 × 10⁻¹²"), (-3e-9, 2, f"{MINUS}3 × 10⁻⁹"), (5e-324, 2, "5 × 10⁻³²⁴"),
    (1e6, 2, "1.00 × 10⁶"), (-1e6, 2, f"{MINUS}1.00 × 10⁶"), (2.0 ** 50, 2, "1.13 × 10¹⁵"), (1.5e120, 1, "1.5 × 10¹²⁰"),
])
def test_numbers_as_text(value, digits, expected):
    assert number(value, digits) == expected


def as_float(words):
    """Read a number as pictures and sentences write it."""
    powers = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(words.replace(MINUS, "-").replace(" × 10", "e").translate(powers))


def test_no_small_number_reads_as_zero_and_none_has_the_wrong_sign():
    rng = np.random.default_rng(2)
    for value in (10 ** rng.uniform(-320, 8, 2000) * rng.choice([-1, 1], 2000)).tolist():
        for digits in (0, 1, 2, 4):
            read = number(value, digits)
            assert "-" not in read
            back = as_float(read)
            assert back != 0 and math.copysign(1, back) == math.copysign(1, value), f"{value!r} reads {read}"
            # Half a unit of the last digit shown, or of the first digit of a small number.
            assert abs(back - value) <= max(0.5 * 10 ** -digits, 0.5 * abs(value)), f"{value!r} reads {read}"


@pytest.mark.parametrize("value, expected", [(0.9974009, "99.7"), (0, "0.0"), (1, "100.0"), (0.5, "50.0"),
                                             (6.1e-6, "0.0006"), (1e-12, "1 × 10⁻¹⁰"), (0.99996, "99.996")])
def test_shares_as_text(value, expected):
    assert share(value) == expected + "\N{NO-BREAK SPACE}%"


def test_more_digits_show_more_of_a_share():
    assert [share(0.9974009, digits) for digits in (0, 1, 2, 4)] == [
        words + "\N{NO-BREAK SPACE}%" for words in ("99.7", "99.7", "99.74", "99.7401")]


@pytest.mark.parametrize("value, digits, expected", [
    (0.9986, 2, "0.999"), (-0.9986, 2, f"{MINUS}0.999"), (0.99995, 3, "0.99995"), (0.9974009, 3, "0.997"),
    (0.99951, 3, "0.9995"), (1 - 1.1e-9, 3, "0.999999999"), (1, 3, "1.000"), (-1.0, 2, f"{MINUS}1.00"), (0, 2, "0.00"),
    (1.004, 2, "1.00"), (2.5, 2, "2.50"), (6.1e-6, 3, "0.000006"),
])
def test_what_comes_from_a_sigmoid_or_a_tanh_as_text(value, digits, expected):
    assert bounded(value, digits) == expected


def test_no_share_reads_as_all_or_nothing_unless_it_is():
    rng = np.random.default_rng(3)
    for gap in (10 ** rng.uniform(-15.9, 0, 2000)).tolist():
        for value in (1 - gap, gap, gap - 1):
            for digits in (0, 1, 2, 4):
                for read, size in ((bounded(value, digits), 1), (share(abs(value), digits)[:-2], 100)):
                    assert 0 < abs(as_float(read)) < size, (value, digits, read)
                    wanted = value if size == 1 else 100 * abs(value)
                    assert abs(as_float(read) - wanted) <= max(0.5 * 10 ** -digits, 0.5 * abs(wanted)), (value, read)


def test_words_are_escaped():
    """A label or an answer may hold < and &: in a picture they must stay words."""
    words = '<b> & "c"'
    root = ET.fromstring(svg([Drawing(10, 10, text(1, 1, words))], alt=words))
    assert (root.get("aria-label"), root[0].text) == (words, words)


# ------------------------------------------------------------------------------------------------------ the widget

def parts(widget, kind):
    """Return every widget of a kind inside a widget, in the order of the page."""
    own = [widget] if isinstance(widget, kind) else []
    return own + [part for child in getattr(widget, "children", ()) for part in parts(child, kind)]


def shown(picture):
    """Return what the reader of the page sees: the ink, its accessible name, the sentence below it."""
    ink, = (part.value for part in parts(picture, widgets.HTML) if "<svg" in part.value and "aria-label" in part.value)
    said, = (part.value for part in parts(picture, widgets.HTML) if 'role="status"' in part.value)
    return ink, ET.fromstring(ink).get("aria-label"), ET.fromstring(said).text


def agrees(picture):
    """Tell whether ink, name and sentence are those of where the controls stand."""
    ink, name, said = shown(picture)
    sentence = picture.say(**picture.values)
    return name == sentence == said and picture.draw(**picture.values).body in asleep(ink).replace("'", '"')


def asleep(ink):
    """Return the ink of a picture without what its handles and parts say of themselves on the page."""
    return re.sub(r"""(data-(?:hold|part)=(["'])[^"']+\2)( (?!data-along)[\w-]+=(["'])[^"']*\4)*""", r"\1", ink)


def another(control, value):
    """Return a position of the control that is not the given one."""
    return next(position for position in control.positions(3) if position != value)


def holders(picture):
    """Return the widget that holds each control's value, in the order of the controls."""
    kinds = {Slider: widgets.FloatSlider, Choice: widgets.Dropdown, Switch: widgets.Checkbox,
             Row: widgets.Text}
    rest = {kind: iter(parts(picture, kind)) for kind in kinds.values()}
    return [picture._holders[control.name][0] if isinstance(control, Held) else next(rest[kinds[type(control)]])
            for control in picture.controls]


@every_maker
def test_every_control_redraws_the_picture(make):
    picture = make()
    assert agrees(picture)
    for control, holder in zip(picture.controls, holders(picture), strict=True):
        before = shown(picture)
        holder.value = another(control, holder.value)
        assert picture.values[control.name] == holder.value
        assert shown(picture)[0] != before[0], control.label
        assert agrees(picture), control.label


@every_maker
def test_field_and_slider_follow_each_other(make):
    picture = make()
    sliders = [control for control in picture.controls if isinstance(control, Slider)]
    fields, bars = parts(picture, widgets.BoundedFloatText), parts(picture, widgets.FloatSlider)
    for control, field, bar in zip(sliders, fields, bars, strict=True):
        assert field.description == control.label
        bar.value = control.low
        assert field.value == control.low and agrees(picture)
        field.value = control.high
        assert bar.value == control.high and agrees(picture)


@every_maker
def test_a_typed_number_outside_goes_to_the_end(make):
    picture = make()
    sliders = [control for control in picture.controls if isinstance(control, Slider)]
    for control, field in zip(sliders, parts(picture, widgets.BoundedFloatText), strict=True):
        for typed, end in ((1e9, control.high), (-1e9, control.low), (float("inf"), control.high)):
            field.value = typed
            assert field.value == end == picture.values[control.name] and agrees(picture)


def test_a_dragged_position_reads_like_a_typed_one():
    """The browser's slider says 1.3000000000000007 where a learner means 1.3."""
    picture = unit_picture()
    bar, field = parts(picture, widgets.FloatSlider)[2], parts(picture, widgets.BoundedFloatText)[2]
    bar.value = 1.3000000000000007
    assert field.value == picture.values["x"] == 1.3 and agrees(picture)


def test_the_control_that_moved_is_never_corrected():
    """A correction would cross the hand's next move on its way to the browser, and undo it."""
    picture = unit_picture()
    bar, field = parts(picture, widgets.FloatSlider)[2], parts(picture, widgets.BoundedFloatText)[2]
    bar.value = 2.5999999999999996
    assert (bar.value, field.value, picture.values["x"]) == (2.5999999999999996, 2.6, 2.6)


@every_maker
def test_the_saved_output_speaks_and_stands_alone(make):
    picture = make()
    for first in holders(picture)[:1]:
        first.value = another(picture.controls[0], first.value)
    bundle = picture._repr_mimebundle_()
    sentence = picture.say(**picture.values)
    assert bundle["text/plain"] == sentence
    assert "application/vnd.jupyter.widget-view+json" in bundle
    image = ET.fromstring(bundle["text/html"].removesuffix(">") + "/>")
    assert (image.tag, image.get("alt")) == ("img", sentence)
    kind, data = image.get("src").split(",")
    assert kind == "data:image/svg+xml;base64"
    root = ET.fromstring(base64.b64decode(data))  # the image is a file of its own: every prefix is declared in it
    assert root.tag == f"{SVG}svg"
    assert (root.get("role"), root.get("aria-label")) == ("img", sentence)
    drawing = picture.draw(**picture.values)
    assert (root.get("width"), root.get("height")) == (f"{drawing.width:g}", f"{drawing.height:g}")
    assert drawing.body in base64.b64decode(data).decode()


# ------------------------------------------------------------------------------------------- changes on two threads

def threads(*work):
    """Run every piece of work on a thread of its own, all at once; return the exceptions."""
    failed = []

    def guarded(run):
        try:
            run()
        except Exception as error:  # a thread would swallow it
            failed.append(error)

    running = [threading.Thread(target=guarded, args=(run,)) for run in work]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert not any(thread.is_alive() for thread in running), "the picture is locked for ever"
    return failed


def test_a_slow_drawing_does_not_overwrite_a_newer_one():
    """The first thread is held inside say() until the second one has had its chance to finish before it."""
    first_is_inside, second_is_done = threading.Event(), threading.Event()

    def say(a, b):
        if (a, b) == (1, 0):
            first_is_inside.set()
            second_is_done.wait(0.5)  # in vain where the second thread waits for the first, as it should
        return f"a is {a:g}, b is {b:g}."

    picture = LivePicture([Slider("a", "a", 0, 1, 1, 0), Slider("b", "b", 0, 1, 1, 0)],
                          lambda a, b: Drawing(10, 10, text(1, 1, f"{a:g} {b:g}")), say)
    a, b = holders(picture)

    def first():
        a.value = 1

    def second():
        first_is_inside.wait(10)
        b.value = 1
        second_is_done.set()

    assert threads(first, second) == []
    assert shown(picture)[2] == "a is 1, b is 1." and agrees(picture)


def test_a_change_that_comes_during_another_is_not_lost():
    """The second thread moves the slider while the first one's position is still on its way to the field."""
    picture = unit_picture()
    bar, field = parts(picture, widgets.FloatSlider)[0], parts(picture, widgets.BoundedFloatText)[0]
    field_is_moving, second_is_done = threading.Event(), threading.Event()

    def hold_the_first(change):
        if not field_is_moving.is_set():
            field_is_moving.set()
            second_is_done.wait(0.5)

    field.observe(hold_the_first, "value")

    def first():
        bar.value = -3

    def second():
        field_is_moving.wait(10)
        bar.value = 4
        second_is_done.set()

    assert threads(first, second) == []
    assert field.value == bar.value == 4 and agrees(picture)


# ----------------------------------------------------------------------------------------- what a front end may send

BAD = [float("nan"), float("inf"), -float("inf"), "text", None, {}, [], [None, 1], ["one", 2], [[], 3], [1e400, 4]]


@pytest.mark.parametrize("sent", BAD, ids=repr)
def test_what_is_no_number_changes_nothing(sent):
    picture = unit_picture()
    before = picture.values
    picture._hand.x = sent
    picture._hand.f_w = sent
    assert picture.values == before and agrees(picture)
    picture._hand.x = [0.3, 9]
    assert picture.values["x"] == 0.3 and agrees(picture)


@pytest.mark.parametrize("kind", [widgets.FloatSlider, widgets.BoundedFloatText])
def test_a_slider_that_is_no_number_goes_back_to_where_it_stood(kind):
    picture = unit_picture()
    control = parts(picture, kind)[2]
    control.value = 3
    control.set_state({"value": float("nan")})
    assert picture.values["x"] == control.value == 3 and agrees(picture)


@pytest.mark.parametrize("sent, comes", [(99, 10), (-1e300, -10), (0.3333, 0.3), (1, 1), (True, 1), ("2.5", 2.5)])
def test_a_handle_comes_to_a_step_inside_of_its_range(sent, comes):
    picture = unit_picture()
    picture._hand.x = [sent, 1]
    assert picture.values["x"] == comes and agrees(picture)


def test_a_handle_comes_back_to_where_it_began_though_that_is_between_two_steps():
    picture = unit_picture(weights=VIDEO_UNIT_4_DIGITS)
    picture._hand.f_w = [1.2345, 1]
    assert picture.values["f_w"] == 1.23
    picture._hand.f_w = [2.7043, 2]
    assert picture.values["f_w"] == 2.7043


def test_the_same_place_twice_is_still_a_move():
    picture = unit_picture()
    picture._hand.x = [3, 1]
    parts(picture, widgets.FloatSlider)[2].value = -4
    picture._hand.x = [3, 2]
    assert picture.values["x"] == 3 and agrees(picture)


def test_a_message_that_comes_after_the_picture_was_closed_does_nothing():
    picture = unit_picture()
    for part in [picture._hand, *parts(picture, widgets.Widget)]:
        part.close()
    picture._hand.x = [5, 1]
    picture._hand.x = ["text", 2]
    assert picture.values["x"] == 5  # its numbers are still there, and nobody sees them


def test_two_pictures_know_nothing_of_each_other():
    one, other = unit_picture(), unit_picture()
    before = shown(other)
    one._hand.x = [5, 1]
    assert shown(other) == before and other.values["x"] == 1


# -------------------------------------------------------------------------------------------- somebody's own settings

HOSTILE = """
text.usetex: True
savefig.bbox: tight
savefig.facecolor: black
savefig.transparent: True
path.sketch: 3, 100, 2
path.effects: []
axes.spines.left: False
axes.facecolor: red
lines.dashed_pattern: 1, 9
lines.linestyle: --
lines.marker: o
figure.dpi: 33
figure.autolayout: True
font.size: 40
xtick.labelsize: 30
xtick.direction: in
axes.formatter.use_locale: True
svg.image_inline: False
image.cmap: gray
legend.frameon: True
"""
BYTES = """
import hashlib, sys, warnings
warnings.simplefilter("error")
import matplotlib, matplotlib.style
if "style" in sys.argv:
    matplotlib.style.use("dark_background")
from lesson.sigmoid_and_tanh import activation_picture
from lesson.two_companies import own_days_picture
if "params" in sys.argv:
    matplotlib.rcParams.update({"text.usetex": True, "path.sketch": (3, 100, 2), "svg.fonttype": "path"})
inks = [part for picture in (activation_picture("tanh"), own_days_picture()) for part in picture._below]
print(hashlib.sha256(repr(inks).encode()).hexdigest(), len(inks))
print(matplotlib.rcParams["path.sketch"], file=sys.stderr)
"""


def test_nobodys_settings_of_matplotlib_reach_a_picture(tmp_path):
    """Neither a file, nor a style, nor what somebody set by hand: the same bytes, no warning; their settings stay."""
    (tmp_path / "matplotlibrc").write_text(HOSTILE, encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if name != "MATPLOTLIBRC"}

    def paper(*how, **environment):
        done = subprocess.run([sys.executable, "-c", BYTES, *how], cwd=NOTEBOOKS, env={**plain, **environment},
                              capture_output=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr.strip()

    usual, sketch = paper()
    assert sketch == "None" and usual.split()[1] != "0"
    assert paper("style") == (usual, "None")
    assert paper("params") == (usual, "(3.0, 100.0, 2.0)")
    assert paper(MATPLOTLIBRC=str(tmp_path))[0] == usual
