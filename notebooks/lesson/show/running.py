"""The live picture of something that takes a moment, such as a training: it grows in front of your eyes, and it stops.

At rest it shows the finished run.  Whoever moves a control sees the run begin anew, from there.  Knows no LSTM.
"""
import asyncio
import time
from functools import lru_cache
from typing import Any, NamedTuple

import ipywidgets as widgets

from .picture import LivePicture

SLICE, PAUSE = 0.05, 0.005  # seconds of work, and between two of these, when a click is answered


class State(NamedTuple):
    """How far a run is: so many of so many epochs done, what there is to show, and the reason if it ended early."""
    done: int
    total: int
    result: Any
    trouble: str = ""


class RunningPicture(LivePicture):
    """A live picture whose drawing grows while a run goes on: with a bar, the time left, and a button that stops it.

    run(**values) yields States; draw(state, **values) and say(state, **values) show any of them.  They take one
    keyword argument for each control.  unit: what is counted, in the plural.  at_once: the run takes too long to wait
    for: it is shown from its first State on, which is also what a page is saved with.
    """

    def __init__(self, controls, run, draw, say, paper=None, unit="epochs", at_once=False):
        self._run, self._draw_state, self._say_state, self._unit = run, draw, say, unit
        self._at_once, rest = at_once, next if at_once else last
        self._at_rest = lru_cache(maxsize=64)(lambda *values: rest(iter(run(**dict(values)))))
        self._again = widgets.Button(description="Train again", layout={"width": "auto", "flex": "0 0 auto"})
        self._stop = widgets.Button(description="Stop", disabled=True, layout={"width": "90px", "flex": "0 0 auto"})
        self._progress = widgets.HTML()
        self._turn = 0  # a later turn ends the work of an earlier one
        self._task = self._states = self._state = None
        super().__init__(controls, lambda **values: draw(self.at_rest(**values), **values),
                         lambda **values: say(self.at_rest(**values), **values), paper)
        self._again.on_click(lambda _: self._begin())
        self._stop.on_click(lambda _: self._stop_or_go_on())
        row = widgets.HBox([self._again, self._stop, self._progress], layout={"align_items": "center"})
        self.children = [self.children[0], row, *self.children[1:]]

    def at_rest(self, **values):
        """Return the State of the run with these values shown at rest: the last one, or the first if at_once."""
        return self._at_rest(*values.items())

    def _refresh(self):
        """Show the run at rest when the picture is made, and go on from there if that is its first State; begin anew
        when a control has moved."""
        if self._state is None:
            self._state = self.at_rest(**self.values)
            self._show(0)
            if not self._at_once:
                return
        self._begin()

    def _begin(self):
        with self._lock:
            self._states, self._state, self._worked = iter(self._run(**self.values)), None, 0.0
            self._go_on()

    def _stop_or_go_on(self):
        with self._lock:
            if self._stop.description == "Stop":
                if self._state is None:  # it has only just begun, and has nothing to show yet
                    self._advance(self._turn)
                self._turn += 1
                self._show_buttons(running=False)
                self._show(self._worked)
            else:
                self._go_on()

    def _go_on(self):
        """Work in slices on the kernel's own loop, so that clicks and moves come in between; without one, at once."""
        self._turn += 1
        self._show_buttons(running=True)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            while self._advance(self._turn):
                pass
        else:
            self._task = loop.create_task(self._work(self._turn))

    async def _work(self, turn):
        while self._advance(turn):
            await asyncio.sleep(PAUSE)

    def _advance(self, turn):
        """Work for a slice and show how far it came; return whether there is more to do in this turn."""
        with self._lock:
            if turn != self._turn:
                return False
            began = time.monotonic()
            for state in self._states:
                self._state = state
                if time.monotonic() - began > SLICE:
                    break
            self._worked += time.monotonic() - began
            more = self._state.done < self._state.total and not self._state.trouble
            if not more:
                self._show_buttons(running=False)
            self._show(self._worked, running=more)
            return more

    def _show_buttons(self, running):
        waits = not running and self._left()
        self._stop.description = "Go on" if waits else "Stop"
        self._stop.disabled = not (running or waits)

    def _left(self):
        """Tell whether something is left to do."""
        return self._state is None or (self._state.done < self._state.total and not self._state.trouble)

    def _show(self, worked, running=False):
        """Draw and say the state; the numbers are said when it stands still, or they would be read out all along."""
        state, values = self._state, self.values
        sentence = "Training, as the bar above shows." if running else self._say_state(state, **values)
        self._paint(self._draw_state(state, **values), sentence)
        left = worked / state.done * (state.total - state.done) if state.done else 0
        time_left = f", {left:.0f} s left" if running else ""
        self._progress.value = (
            f'<progress aria-label="{self._unit} done" max="{state.total}" value="{state.done}" '
            f'style="width:160px;margin:0 10px;vertical-align:middle"></progress>'
            f'<span style="font-size:14px">{state.done:,} of {state.total:,} {self._unit}{time_left}</span>')


def last(states):
    """Return the last of the states."""
    *_, state = states
    return state
