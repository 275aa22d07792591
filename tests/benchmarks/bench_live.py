"""How fast our live pictures answer, beside ipywidgets.interact with the same picture from inline matplotlib.

    python tests/benchmarks/bench_live.py [--rounds 8]

One JupyterLab, one Chromium, one kernel, all pictures on one page; every round measures each of them once, so that a
busy machine slows all alike.  Printed are medians over the rounds, the ratio to interact, and the bar for that ratio.
A round is 60 key presses on the slider, each awaited until it is painted, and then 60 more as a drag at 60 Hz; fewer
where a slider has fewer steps.
"""
import argparse
import base64
import json
import math
import os
import platform
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path[:0] = map(str, Path(__file__).resolve().parents[1:3])
from browser import launch, opened, running_lab  # noqa: E402  (the path comes first)

STEPS = 60
RIVAL = "interact"

# What a page would do without us: the same curves, point, guide lines, number labels and tangent, size and range.
INTERACT = """
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from lesson.build_a_memory import build_picture
from lesson.gradients_side_by_side import flow_picture
from lesson.learning_the_weights import backward_picture
from lesson.long_memory import gradient_picture, memory_picture, sequence_picture
from lesson.show.curves import STYLE
from lesson.sigmoid_and_tanh import activation_picture
from lesson.start_here import unit_picture
from lesson.two_companies import own_days_picture
from lesson.why_networks_forget import descent_picture
from lstm_core import sigmoid, sigmoid_slope

grid = np.linspace(-10, 10, 201)
plt.rcParams.update(STYLE)

def curves(a):
    figure, panels = plt.subplots(1, 2, figsize=(1000 / 72, 380 / 72), dpi=72, layout="constrained")
    for axes, function, top, title, name in ((panels[0], sigmoid, 1, "the value sigmoid(a)", "sigmoid(a)"),
                                             (panels[1], sigmoid_slope, 0.25, "how steep it is there", "slope")):
        y = function(a)
        axes.plot(grid, function(grid), color="#1a1a1a")
        axes.set(xlim=(-10, 10), ylim=(-0.06 * top, 1.15 * top), title=title, xlabel="sum a", ylabel=name)
        axes.plot([a, a, -10], [-0.06 * top, y, y], "--", color="#6b6b6b", linewidth=1.5)
        axes.plot(a, y, "o", color="#1a1a1a", markersize=12)
        axes.annotate(f"{y:.3f}", (a, y), (14, 12), textcoords="offset points", fontsize=18, weight="bold")
    panels[0].fill_between(grid, sigmoid(grid), color="#56B4E9", alpha=0.3)
    panels[0].axline((a, sigmoid(a)), slope=sigmoid_slope(a), color="#6b6b6b", linewidth=2.5)
    plt.show()

widgets.interact(curves, a=widgets.FloatSlider(value=2, min=-10, max=10, step=0.1, continuous_update=True));
"""
# The least that any picture of this kind costs: one number from the browser to the kernel, one line of SVG back.
EMPTY = """
slider, ink = widgets.FloatSlider(min=-10, max=10, step=0.1), widgets.HTML()

def draw(change):
    ink.value = f'<svg role="img" height="9"><desc>{change.new}</desc></svg>'

slider.observe(draw, "value")
slider.value = 1
widgets.VBox([slider, ink])
"""
SLIDER = ".noUi-handle"
CELLS = {  # the code that shows each picture, what is moved in it, which of these, and how many steps it has
    RIVAL: (INTERACT, SLIDER, 0, STEPS), "descent": ("descent_picture()", SLIDER, 0, STEPS),
    "activation": ("activation_picture('sigmoid')", SLIDER, 0, STEPS),
    "unit": ("unit_picture()", SLIDER, 2, STEPS), "unit, its handle": ("unit_picture()", "[data-hold=x]", 0, STEPS),
    "companies": ("own_days_picture()", SLIDER, 0, 40),
    "flow, T = 200": ("flow = flow_picture()\nflow._holders['T'][0].value = 200\nflow", SLIDER, 1, STEPS),
    "backward, handle": ("backward_picture()", "[data-hold=x]", 0, STEPS),
    "build, a weight": ("build_picture('latch')", "[data-hold=f_u]", 0, STEPS),
    "cells": ("memory_picture()", SLIDER, 1, 20), "arriving": ("gradient_picture()", SLIDER, 1, 20),
    "sequence": ("sequence_picture()", SLIDER, 1, 20), "empty": (EMPTY, SLIDER, 0, STEPS)}
BARS = {  # what is measured, its words, which round counts, a ratio to the rival or the value itself, and its bar
    "cpu": ("kernel CPU, ms an update", statistics.median, True, 0.05),
    "latency": ("hand to pixels, ms", statistics.median, True, math.inf),  # what counts stands in the next line
    "above": ("hand to pixels, ms more than empty", statistics.median, False, 15),
    "settled": ("drag: last step to settled, ms", statistics.median, True, 0.5),
    "lost": ("drag: last value not shown, rounds", sum, False, 0),
    "blank": ("drag: blank frames, worst round", max, False, 0),
    "jump": ("drag: layout jump in px, worst round", max, False, 0),
    "to": ("kB to the browser, an update", max, False, 30),
    "back": ("kB back, an update", max, False, 1)}

# In the page: what is shown, when it was painted, what happens meanwhile.  Of two animation frames after a change,
# the first comes before it is painted, the second after.
PROBE = """() => { window.probe = {
    picture: root => root.querySelector('img') || root.querySelector('.live-ink svg, svg[role=img]'),
    content: picture => picture && (picture.src || picture.outerHTML),
    whole: picture => picture && picture.getBoundingClientRect().height > 0 && picture.naturalHeight !== 0,
    frame: () => new Promise(requestAnimationFrame),

    watch(root) {  // the next key pressed below root, from the key to the painted frame with a new picture
        const old = probe.picture(root);
        let pressed;
        root.addEventListener('keydown', event => { pressed = event.timeStamp; }, {once: true, capture: true});
        probe.painted = new Promise(resolve => {
            const observer = new MutationObserver(async () => {
                const picture = probe.picture(root);
                if (!picture || picture === old) return;
                observer.disconnect();
                if (picture.decode) await picture.decode();
                await probe.frame();
                await probe.frame();
                resolve(performance.now() - pressed);
            });
            observer.observe(root, {childList: true, subtree: true});
        });
    },

    async drag({root, below, moved, nth, steps, last}) {
        const seen = {blank: 0, tops: [], content: null, painted: 0};
        let shown = null, going = true;
        const sample = async () => {
            while (going) {
                await probe.frame();
                const picture = probe.picture(root);
                seen.tops.push(below.getBoundingClientRect().top - root.getBoundingClientRect().top);
                if (!probe.whole(picture)) seen.blank += 1;
                else if (picture !== shown) {
                    shown = picture;
                    seen.content = probe.content(picture);
                    requestAnimationFrame(() => { seen.painted = performance.now(); });
                }
            }
        };
        const sampling = sample(), begun = performance.now();
        for (let step = 0; step < steps; await probe.frame())
            for (; step < steps && performance.now() >= begun + step * 1000 / 60; step++)
                root.querySelectorAll(moved)[nth].dispatchEvent(
                    new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
        const released = performance.now();
        while (seen.content !== last && performance.now() < released + 20000) await probe.frame();
        await new Promise(resolve => setTimeout(resolve, 500));  // it has to stay, too
        going = false;
        await sampling;
        return {blank: seen.blank, settled: seen.painted - released, lost: Number(seen.content !== last),
                jump: Math.max(...seen.tops) - Math.min(...seen.tops)};
    },
}; }"""
KERNEL_CPU = """async () => {
    const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
    const cpu = {cpu: '__import__("time").process_time()'};
    const reply = await kernel.requestExecute({code: '', silent: true, user_expressions: cpu}).done;
    return Number(reply.content.user_expressions.cpu.data['text/plain']);
}"""


class Bench:
    """One picture on the page: its slider, what is around it, and what is measured of it."""

    def __init__(self, page, name):
        k, (_, self.moved, self.nth, self.steps) = list(CELLS).index(name), CELLS[name]
        cell = page.locator(".jp-Notebook .jp-CodeCell").nth(k)
        self.page, self.name = page, name
        self.root = cell.locator(".jp-Cell-outputWrapper").element_handle()
        self.below = page.locator(".jp-Notebook .jp-MarkdownCell").nth(k).element_handle()
        self.handle = cell.locator(self.moved).nth(self.nth)

    def press(self, key):
        """Press a key on the slider and return the time until its picture was painted, in ms."""
        self.page.evaluate("root => probe.watch(root)", self.root)
        self.handle.press(key)
        return self.page.evaluate("() => probe.painted")

    def rest(self):
        """Bring the slider to its left end, and wait until nothing of it is under way."""
        self.handle.press("Home")
        self.page.wait_for_timeout(1500)

    def round(self):
        """Measure everything once."""
        self.rest()
        before = self.page.evaluate(KERNEL_CPU)
        latencies = [self.press("ArrowRight") for _ in range(self.steps)]
        self.page.wait_for_timeout(200)  # the kernel may still be busy after the picture is there
        cpu = self.page.evaluate(KERNEL_CPU) - before
        last = self.page.evaluate("root => probe.content(probe.picture(root))", self.root)
        self.rest()
        drag = self.page.evaluate("asked => probe.drag(asked)", {
            "root": self.root, "below": self.below, "moved": self.moved, "nth": self.nth, "steps": self.steps,
            "last": last})
        return {"cpu": 1000 * cpu / self.steps, "latency": statistics.median(latencies), **drag}

    def traffic(self):
        """Return the kB to the browser and back for one update: all frames of the page's websockets."""
        session, counted = self.page.context.new_cdp_session(self.page), {"Received": 0, "Sent": 0}
        for way in counted:
            session.on(f"Network.webSocketFrame{way}", lambda event, way=way: counted.update(
                {way: counted[way] + _size(event["response"])}))
        self.rest()
        session.send("Network.enable")
        for _ in range(self.steps):
            self.press("ArrowRight")
        self.page.wait_for_timeout(500)
        session.detach()
        return {"to": counted["Received"] / self.steps / 1000, "back": counted["Sent"] / self.steps / 1000}


def _size(frame):
    """Return the bytes of a websocket frame; binary ones are reported in base64."""
    return len(base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else frame["payloadData"].encode())


def notebook():
    """Return the page with the pictures, each with a line of text below it, as JSON."""
    cells = []
    for k, (source, *_) in enumerate(CELLS.values()):
        cells += [{"cell_type": "code", "id": f"code-{k}", "source": source, "metadata": {}, "outputs": [],
                   "execution_count": None},
                  {"cell_type": "markdown", "id": f"text-{k}", "source": "what stands below it", "metadata": {}}]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def measure(rounds):
    """Return what every round measured of each picture, by its name."""
    with sync_playwright() as playwright, running_lab() as lab, launch(playwright) as chromium:
        (lab.pages / "bench.ipynb").write_text(notebook(), encoding="utf-8")
        with opened(chromium, lab, "bench.ipynb") as (page, _):
            page.evaluate(PROBE)
            page.locator(".jp-CodeCell").nth(len(CELLS) - 1).locator(SLIDER).wait_for()
            page.wait_for_function(f"() => document.querySelectorAll('.live-over').length == {len(CELLS) - 2}")
            benches = [Bench(page, name) for name in CELLS]
            traffic = {bench.name: bench.traffic() for bench in benches}  # not while the clock runs; also warms up
            measured = {bench.name: [] for bench in benches}
            for k in range(rounds):
                now = {bench.name: {**bench.round(), **traffic[bench.name]} for bench in benches}
                for name, found in now.items():
                    measured[name].append({**found, "above": found["latency"] - now["empty"]["latency"]})
                print(f"round {k + 1} of {rounds}", file=sys.stderr)
    return measured


def report(measured):
    """Print the table: for each quantity and picture the value, and for ours whether it keeps its bar."""
    print(f"{'bar':>54}" + "".join(f"{name:>23}" for name in measured))
    for key, (words, middle, relative, bar) in BARS.items():
        found = {name: middle([each[key] for each in rounds]) for name, rounds in measured.items()}
        shown = [f"{words:<36}{'ratio ' if relative else ''}{f'<= {bar:g}' if bar else '0':>8}".ljust(54)]
        for name, value in found.items():
            judged = value / found[RIVAL] if relative else value
            verdict = {RIVAL: "", "empty": ""}.get(name, " ok" if judged <= bar else " MISSED")
            shown.append(f"{value:.4g}{f' ({judged:.3f})' if relative else ''}{verdict}".rjust(23))
        print("".join(shown))


def main():
    """Measure and report; a missed bar is printed, not raised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    rounds = parser.parse_args().rounds
    measured = measure(rounds)
    print(f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} processors; "
          f"{rounds} rounds of {STEPS} steps, medians")
    report(measured)


if __name__ == "__main__":
    main()
