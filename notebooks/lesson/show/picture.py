"""The live picture: controls, a picture and one sentence with its numbers.  Knows no LSTM.

Every picture of the course is one object with three readers:
    the hand                     sliders with labelled number fields; the picture answers at once
    the eye without a kernel     the saved output holds the picture at rest (GitHub, nbviewer, HTML)
    the ear, and the test        the sentence is the picture's text alternative and its text/plain output
"""
import threading
from functools import partial
from html import escape
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from .svg import still, svg


# ipywidgets gives its slider handles and play buttons no name that a screen reader could say, and no way to set one.
# Where a viewer does not let this run, the labelled field beside each still does all that they do.
NAMES = """<style onload="for (const wait of [0, 500, 3000]) setTimeout(() => {
    for (const row of document.querySelectorAll('.live-picture .widget-hbox:has(label)')) {
        const words = row.querySelector('label').textContent;
        row.querySelectorAll('[role=slider]').forEach(handle => handle.setAttribute('aria-label', words + ' slider'));
        row.querySelectorAll('.widget-play button').forEach((button, k) =>
            button.setAttribute('aria-label', words + (k ? ': stop and rewind' : ': play or pause')));
    }
}, wait)"></style>"""


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


class LivePicture(widgets.VBox):
    """A picture that answers to its controls, and says in one sentence what it shows.

    draw(**values) returns the Drawing that moves; say(**values) returns the sentence; both take one keyword argument
    for each control, by its name.  paper: a Drawing that never moves and lies underneath, drawn and sent once.
    No controls: a still picture, with the same text alternative.
    """

    def __init__(self, controls, draw, say, paper=None):
        self.controls, self.draw, self.say = controls, draw, say
        self._below = [paper] if paper else []
        self._lock = threading.RLock()  # JupyterLab may deliver two changes on two threads
        built = [control.build() for control in controls]
        self._holders = {control.name: holders for control, (_, holders) in zip(controls, built)}
        self._following = False
        self._ink = widgets.HTML(layout={"margin": "0", "grid_area": "picture"})
        self._sentence = widgets.HTML(layout={"margin": "4px 0 0 0"})
        self._room = 2 + len(say(**self.values)) // 100  # lines kept free for the sentence, so that nothing jumps
        self._refresh()
        for holders in self._holders.values():
            for holder in holders:
                holder.observe(partial(self._moved, holders), "value")
        super().__init__([*self._rows([row for row, _ in built]), self._picture(), self._sentence,
                          widgets.HTML(NAMES, layout={"display": "none"})])
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
            self._following = True
            value = _tidy(change.owner.value)
            try:
                for holder in holders:
                    # The page's slider answers 2.6 with 2.5999999999999996: to correct it again loses the next move.
                    if _tidy(holder.value) != value:
                        holder.value = value
            finally:
                self._following = False
            self._refresh()

    def _rows(self, rows):
        """Return the box of controls, or nothing where there are none."""
        wrap = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "margin": "0 0 6px 0"}
        return [widgets.Box(rows, layout=wrap)] if rows else []

    def _picture(self):
        """Return paper and ink in one place: two children of a grid with the same area lie on top of each other."""
        layers = [self._ink]
        if self._below:
            below = widgets.HTML(svg(self._below, alt="", size=False), layout=self._ink.layout)
            layers = [below, self._ink]
        # On a narrow page the picture stays large enough to read, and scrolls.
        return widgets.GridBox(layers, layout={"grid_template_areas": '"picture"', "overflow": "auto",
                                               "grid_template_columns": "minmax(640px, 100%)"})

    def _refresh(self):
        """Draw and say where the controls stand now."""
        values = self.values
        self._paint(self.draw(**values), self.say(**values))

    def _paint(self, drawing, sentence):
        """Put a drawing and its sentence on the page."""
        self._ink.value = svg([*self._frame(), drawing], alt=sentence, size=False)
        self._sentence.value = (f'<div role="status" aria-live="polite" style="min-height:{1.5 * self._room}em;'
                                f'font-size:16px;line-height:1.5">{escape(sentence)}</div>')

    def _frame(self):
        """Return an empty layer of the paper's size, so that the ink is measured like the paper below it."""
        return [paper._replace(body="") for paper in self._below]

    def _repr_mimebundle_(self, **kwargs):
        values = self.values
        sentence = self.say(**values)
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/html"] = still(svg([*self._below, self.draw(**values)], alt=sentence), alt=sentence)
        bundle["text/plain"] = sentence
        return bundle
