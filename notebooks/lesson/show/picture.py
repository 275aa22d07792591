"""The live picture: controls, a picture and one sentence with its numbers.  Knows no LSTM.

Every picture of the course is one object with three readers:
    the hand                     sliders with labelled number fields, and the picture itself; it answers at once
    the eye without a kernel     the saved output holds the picture at rest (GitHub, nbviewer, HTML)
    the ear, and the test        the sentence is the picture's text alternative and its text/plain output

What a draw() says of its drawing, the hand can use; all of it is made in svg.py:
    held_dot, held_chip, handle  around what shall be held: the handle of the Slider or Held of that name, or, with
                                 _1, _2, ... after its name, of a number of a Row (row.py)
    part, beside                 around a number that can be looked into, and what lights up with it
    Drawing.parts                a Part for each of these names: its arithmetic, and what it was computed from
    Drawing.order                the names in the order in which they are computed, to be played moment by moment

    def draw(a):
        along = list(zip(*chart.place(0, grid, sigmoid(grid))))  # grid: equal steps of the control, low to high
        body = svg.held_dot("a", *chart.place(0, a, sigmoid(a)), svg.TEXT, along)
        body += svg.part("y", svg.chip(900, 40, number(sigmoid(a)), svg.SHARE))
        return Drawing(1000, 380, body, {"y": Part(f"y = sigmoid({number(a)}) = {number(sigmoid(a))}", ("a",))})

picture.js does the rest in the browser: it finds all this in the drawing, and computes nothing.  Where it does not run,
the sliders still do all that they do.
"""
import math
import re
import threading
from functools import partial
from html import escape
from pathlib import Path
from typing import NamedTuple

import anywidget
import ipywidgets as widgets
import numpy as np
from traitlets import Any, Float, HasTraits

from .row import Entry, Row
from .svg import still, svg


class Hand(anywidget.AnyWidget):
    """What routes the hand on the picture: picture.js sends [value, count] under the name of the control it moves."""
    _esm = Path(__file__).with_name("picture.js")
    _css = Path(__file__).with_name("picture.css")

    def __init__(self, names):
        super().__init__(layout={"margin": "0"})
        self.add_traits(**{name: Any().tag(sync=True) for name in names})
        self.add_class("live-hand")


class Place(HasTraits):
    """The value of a control that stands nowhere but in the picture."""
    value = Float()


class Slider(NamedTuple):
    """A number to drag or to type: the name of draw's argument, the label, the range, the start, a colour.

    pace: milliseconds for each step when the number plays by itself; 0, and there is no button to play it.
    """
    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    colour: str = "#1a1a1a"
    pace: int = 0

    def positions(self, count):
        """Return that many positions over the whole range, both ends included, each on a step."""
        steps = round((self.high - self.low) / self.step)
        return [round(self.low + self.step * int(k), 10) for k in np.linspace(0, steps, min(count, steps + 1))]

    def build(self):
        """Return the control as it stands on the page, and the widgets that hold its value."""
        slider = widgets.FloatSlider(value=self.value, min=self.low, max=self.high, step=self.step, readout=False,
                                     style={"handle_color": self.colour}, layout={"flex": "1 1 90px", "width": "auto"})
        field = widgets.BoundedFloatText(value=self.value, min=self.low, max=self.high, step=self.step,
                                         description=self.label, style={"description_width": "auto"},
                                         layout={"flex": "0 0 auto", "width": f"{8 * len(self.label) + 86}px"})
        holders = (slider, field)
        if self.pace:
            holders += (widgets.Play(value=self.value, min=self.low, max=self.high, step=self.step,
                                     interval=self.pace, show_repeat=False),)
        row = widgets.HBox([field, slider, *holders[2:]],
                           layout={"flex": "1 1 380px", "max_width": "520px", "margin": "0 20px 0 0"})
        return row, holders


class Held(NamedTuple):
    """A number that is moved in the picture alone, by its handle: like a Slider, but with no slider on the page."""
    name: str
    label: str
    low: float
    high: float
    step: float
    value: float

    positions = Slider.positions

    def build(self):
        """Return no row for the page, and what holds the value."""
        return None, (Place(value=self.value),)


class Choice(NamedTuple):
    """One of several options: the name of draw's argument, the label, the options, the start."""
    name: str
    label: str
    options: tuple
    value: str

    def positions(self, count):
        """Return every option."""
        return list(self.options)

    def build(self):
        """Return the control as it stands on the page, and the widgets that hold its value."""
        box = widgets.Dropdown(options=self.options, value=self.value, description=self.label,
                               style={"description_width": "auto"}, layout={"width": "auto"})
        return box, (box,)


class Switch(NamedTuple):
    """On or off: the name of draw's argument, the label, the start."""
    name: str
    label: str
    value: bool = False

    def positions(self, count):
        """Return off and on."""
        return [False, True]

    def build(self):
        """Return the control as it stands on the page, and the widgets that hold its value."""
        box = widgets.Checkbox(value=self.value, description=self.label, indent=False,
                               layout={"width": "auto", "margin": "2px 12px"})
        return box, (box,)


def _tidy(value):
    """Return a number as it was meant: the browser's slider says 1.3000000000000007."""
    return round(value, 10) if isinstance(value, float) else value


def _fitting(control, value):
    """Return the position nearest to a value that the control can take: a step in its range, or where it began."""
    if value == control.value:
        return value
    steps = round((value - control.low) / control.step)
    return min(control.high, max(control.low, round(control.low + steps * control.step, 10)))


def _handles(control):
    """Return what a hand can hold of a control in the picture."""
    if isinstance(control, Row):
        return control.entries()
    return [control] if isinstance(control, (Slider, Held)) else []


def _told(part):
    """Return what a part answers, as attributes for the script."""
    if part is None:
        return ""
    of = f' data-of="{" ".join(part.of)}"' if part.of else ""
    return f' data-line="{escape(part.line)}"' + of + (f' data-ask="{escape(part.ask)}"' if part.ask else "")


class LivePicture(widgets.VBox):
    """A picture that answers to its controls, and says in one sentence what it shows.

    draw(**values) returns the Drawing that moves; say(**values) returns the sentence; both take one keyword argument
    for each control, by its name.  paper: a Drawing that never moves and lies underneath, drawn and sent once.
    No controls: a still picture, with the same text alternative.  back: the words on a button that brings every Held
    control back to where it began.
    """

    def __init__(self, controls, draw, say, paper=None, back=""):
        self.controls, self.draw, self.say = controls, draw, say
        self._below = [paper] if paper else []
        self._lock = threading.RLock()  # JupyterLab may deliver two changes on two threads
        built = [control.build() for control in controls]
        self._holders = {control.name: holders for control, (_, holders) in zip(controls, built)}
        self._following = False
        self._handles = {one.name: one for control in controls for one in _handles(control)}
        self._hand = Hand(self._handles)
        self._ink = widgets.HTML(layout={"margin": "0", "grid_area": "picture"})
        self._ink.add_class("live-ink")
        self._sentence = widgets.HTML(layout={"margin": "4px 0 0 0"})
        self._room = 2 + len(say(**self.values)) // 100  # lines kept free for the sentence, so that nothing jumps
        self._refresh()
        for holders in self._holders.values():
            for holder in holders:
                holder.observe(partial(self._moved, holders), "value")
        if self._handles:  # no names would mean all of them
            self._hand.observe(self._pulled, list(self._handles))
        rows = [row for row, _ in built if row] + ([self._way_back(back)] if back else [])
        super().__init__([self._rows([*rows, self._hand]), self._picture(), self._sentence])
        self.add_class("live-picture")

    @property
    def values(self):
        """The position of every control, by name."""
        return {name: _tidy(holders[0].value) for name, holders in self._holders.items()}

    def _moved(self, holders, change):
        """Let the other holders of the value follow, and redraw, from where things stand now: an old change may come
        late, but never wins."""
        with self._lock:
            if self._following:
                return
            value = _tidy(change.owner.value)
            if value != value:  # not a number: back to where it stood
                change.owner.value = change.old
                return
            self._following = True
            try:
                for holder in holders:
                    # The page's slider answers 2.6 with 2.5999999999999996: to correct it again loses the next move.
                    if _tidy(holder.value) != value:
                        holder.value = value
            finally:
                self._following = False
            self._refresh()

    def _pulled(self, change):
        """Bring a control to where its handle was pulled; whatever is no number changes nothing."""
        control = self._handles[change.name]
        try:
            value = float(change.new[0])
        except (TypeError, ValueError, LookupError):
            return
        if not math.isfinite(value):
            return
        value = _fitting(control, value)
        if isinstance(control, Entry):
            line, = self._holders[control.row.name]
            if control.k < len(control.row.read(line.value)[0]):  # an old move may come after another line
                line.value = control.row.put(line.value, control.k, value)
        else:
            self._holders[control.name][0].value = value

    def _way_back(self, words):
        """Return the button that brings every Held control back to where it began."""
        button = widgets.Button(description=words, layout={"width": "auto"})

        def bring_back(_):
            for control in self.controls:
                if isinstance(control, Held):
                    self._holders[control.name][0].value = control.value

        button.on_click(bring_back)
        return button

    def _rows(self, rows):
        """Return the box of controls."""
        wrap = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "margin": "0 0 6px 0"}
        return widgets.Box(rows, layout=wrap)

    def _picture(self):
        """Return paper and ink in one place: two children of a grid with the same area lie on top of each other."""
        layers = [self._ink]
        if self._below:
            below = widgets.HTML(svg(self._below, alt="", size=False), layout=self._ink.layout)
            layers = [below, self._ink]
        # On a narrow page the picture stays large enough to read, and scrolls.
        stage = widgets.GridBox(layers, layout={"grid_template_areas": '"picture"', "overflow": "auto",
                                                "grid_template_columns": "minmax(600px, 100%)"})
        stage.add_class("live-stage")
        return stage

    def _refresh(self):
        """Draw and say where the controls stand now."""
        values = self.values
        self._paint(self.draw(**values), self.say(**values))

    def _paint(self, drawing, sentence):
        """Put a drawing and its sentence on the page."""
        self._ink.value = self._ink_of(drawing, sentence)
        self._sentence.value = (f'<div role="status" aria-live="polite" style="min-height:{1.5 * self._room}em;'
                                f'font-size:16px;line-height:1.5">{escape(sentence)}</div>')

    def _ink_of(self, drawing, sentence):
        """Return what is sent to the page of a drawing."""
        alive = self._alive(drawing)
        touched = "data-hold" in alive.body or "data-part" in alive.body
        role = "group" if touched else "img"  # what is inside of an image cannot be entered
        ink = svg([*self._frame(), alive], alt=sentence, size=False, role=role)
        # On its way to the browser each of these quotes would take two letters.
        return ink if "'" in ink else ink.replace('"', "'")

    def _alive(self, drawing):
        """Return the drawing with all that the hand needs to know written into its handles and parts."""
        def words(found):
            kind, name = found.groups()
            return found[0] + (self._held(name) if kind == "hold" else "") + _told(drawing.parts.get(name))

        body = re.sub(r'data-(hold|part)="([^"]+)"', words, drawing.body)
        if drawing.order:
            body = f'<g data-order="{" ".join(drawing.order)}">{body}</g>'
        return drawing._replace(body=f'<g data-lm-suppress-shortcuts="true">{body}</g>')

    def _held(self, name):
        """Return what a handle says of itself: its name, its range, step and start, and where it stands."""
        control = self._handles[name]
        n = lambda value: f"{value:.10g}"
        if isinstance(control, Entry):
            now = control.row.read(self._holders[control.row.name][0].value)[0][control.k]
        else:
            now = _tidy(self._holders[name][0].value)
        numbers = " ".join(map(n, (control.low, control.high, control.step, control.value, now)))
        return f' data-label="{escape(control.label)}" data-range="{numbers}"'

    def _frame(self):
        """Return an empty layer of the paper's size, so that the ink is measured like the paper below it."""
        return [paper._replace(body="") for paper in self._below]

    def layers(self, **values):
        """Return what the picture shows at these positions of its controls: the paper, if any, and the ink."""
        return [*self._below, self.draw(**values)]

    def _repr_mimebundle_(self, **kwargs):
        values = self.values
        sentence = self.say(**values)
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/html"] = still(svg(self.layers(**values), alt=sentence), alt=sentence)
        bundle["text/plain"] = sentence
        return bundle
