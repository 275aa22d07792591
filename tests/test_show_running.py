"""The picture that takes a moment: it grows, stops, goes on, begins anew, and at rest it shows the finished run.

The mechanics are tried with a quick run of its own; the pictures of the lessons follow, at the ends of their controls.
"""
import asyncio
import math
import time

import ipywidgets as widgets
import pytest

from lesson.learning_the_weights import last_state, learn, training_picture
from lesson.show.picture import Slider
from lesson.show.running import RunningPicture, State
from lesson.show.svg import Drawing
from lstm_layers import UnitPredictor
from test_pictures import check_drawing, parts


def count(n, fails_at=0, nap=0.0):
    """Yield n States that count; one may end in trouble."""
    for k in range(1, int(n) + 1):
        time.sleep(nap)
        if k == fails_at:
            yield State(k, int(n), k, "It went wrong.")
            return
        yield State(k, int(n), k)


def counting_picture(run=count):
    """Return a picture that counts to n."""
    return RunningPicture([Slider("n", "how far", 1, 500, 1, 20)], run,
                          lambda state, n: Drawing(100, 50, f'<text x="1" y="20">{state.result}</text>'),
                          lambda state, n: f"Counted to {state.result} of {n:g}. {state.trouble}".strip())


def slow(n):
    """Count so slowly that a slice holds only a few."""
    return count(n, nap=0.01)


def button(picture, words):
    """Return the button with these words."""
    found, = (part for part in parts(picture, widgets.Button) if part.description == words)
    return found


def shown(picture):
    """Return everything the picture's HTML holds, as one text."""
    return " ".join(part.value for part in parts(picture, widgets.HTML))


def on_a_loop(steps):
    """Run a coroutine as a kernel does: on a loop, where clicks come between two slices."""
    return asyncio.run(steps())


def test_at_rest_it_shows_the_finished_run():
    picture = counting_picture()
    assert "Counted to 20 of 20." in shown(picture) and "20 of 20 epochs" in shown(picture)
    assert picture.say(n=7) == "Counted to 7 of 7." and ">7</text>" in picture.draw(n=7).body
    assert picture._repr_mimebundle_()["text/plain"] == "Counted to 20 of 20."
    assert button(picture, "Stop").disabled


def test_without_a_loop_a_move_runs_to_the_end_at_once():
    picture = counting_picture(slow)
    parts(picture, widgets.FloatSlider)[0].value = 9
    assert "Counted to 9 of 9." in shown(picture)


def test_it_grows_and_says_nothing_until_it_stands_still():
    async def steps():
        picture, seen = counting_picture(slow), []
        button(picture, "Train again").click()
        while "Counted to" not in shown(picture) or not seen:
            await asyncio.sleep(0.01)
            seen.append(picture._state and picture._state.done)
        assert "Counted to 20 of 20." in shown(picture)
        assert len(set(seen)) > 2, "it came in one piece"
        assert button(picture, "Stop").disabled
    on_a_loop(steps)


def test_stop_stops_at_once_and_go_on_goes_on_from_there():
    async def steps():
        picture = counting_picture(slow)
        parts(picture, widgets.FloatSlider)[0].value = 100
        await asyncio.sleep(0.12)
        button(picture, "Stop").click()
        done = picture._state.done
        assert 0 < done < 100 and f"Counted to {done} of 100." in shown(picture)
        await asyncio.sleep(0.15)
        assert picture._state.done == done, "it did not stop"
        button(picture, "Go on").click()
        await asyncio.sleep(0.12)
        assert picture._state.done > done, "it did not go on"
        button(picture, "Stop").click()
    on_a_loop(steps)


def test_a_move_begins_anew_and_ends_the_run_before():
    async def steps():
        picture = counting_picture(slow)
        handle = parts(picture, widgets.FloatSlider)[0]
        handle.value = 400
        await asyncio.sleep(0.1)
        handle.value = 10
        await asyncio.sleep(0.4)
        assert "Counted to 10 of 10." in shown(picture)
        assert len([task for task in asyncio.all_tasks() if not task.done()]) == 1, "the run before still works"
    on_a_loop(steps)


def test_a_run_that_ends_in_trouble_says_so_and_keeps_what_it_had():
    async def steps():
        picture = counting_picture(lambda n: count(n, fails_at=5))
        for _ in range(2):  # at rest, and trained again
            assert "Counted to 5 of 20. It went wrong." in shown(picture) and "5 of 20 epochs" in shown(picture)
            assert button(picture, "Stop").disabled
            button(picture, "Train again").click()
            await asyncio.sleep(0.2)
        assert len(asyncio.all_tasks()) == 1, "it goes on working"
    on_a_loop(steps)


def test_a_run_that_takes_too_long_is_shown_from_its_first_state_on():
    async def steps():
        picture = RunningPicture([Slider("n", "how far", 1, 500, 1, 20)], slow,
                                 lambda state, n: Drawing(100, 50, f'<text x="1" y="20">{state.result}</text>'),
                                 lambda state, n: f"Counted to {state.result} of {n:g}.", at_once=True)
        assert "1 of 20 epochs" in shown(picture) and picture.say(n=9) == "Counted to 1 of 9."
        assert picture._repr_mimebundle_()["text/plain"] == "Counted to 1 of 20."
        async with asyncio.timeout(20):  # it goes on by itself
            while "Counted to 20 of 20." not in shown(picture):
                await asyncio.sleep(0.05)
    on_a_loop(steps)


# -------------------------------------------------------------------------------------------- the lessons' own runs

def test_every_stage_of_a_run_can_be_drawn():
    """Also the first one, when there is hardly anything to show."""
    picture = training_picture()
    for k, state in enumerate(picture._run(**picture.values)):
        if k in (0, 1, 30):
            sentence = picture._say_state(state, **picture.values)
            check_drawing(picture._draw_state(state, **picture.values), sentence)
        if k == 30:
            break


def test_the_training_gives_what_the_page_says():
    a, b = last_state(-3, 5000, "the video's", False).result.predictions
    assert (round(a, 3), round(b, 3)) == (0.002, 0.969)
    a, b = last_state(-4, 5000, "the video's", False).result.predictions
    assert a > 0.4 and b < 0.6, "5000 epochs should not be enough"
    a, b = last_state(-1, 100, "the video's", False).result.predictions
    assert a < 0.01 and b > 0.95, "100 epochs should be plenty"
    a, b = last_state(0, 5000, "the video's", False).result.predictions
    assert abs(a) < 1e-6 and abs(b) < 1e-6, "the gates should be shut"
    a, b = last_state(0, 5000, "the video's", True).result.predictions
    assert a < 0.01 and 0.5 < b < 0.9, "clipping should save B, if not well"


@pytest.mark.parametrize("begin", ["random 1", "random 2", "random 3"])
def test_other_starts_learn_the_companies_with_other_weights(begin):
    state = last_state(-3, 5000, begin, False)
    a, b = state.result.predictions
    assert abs(a) < 0.1 and abs(b - 1) < 0.1
    assert abs(state.result.weights[-1] - last_state(-3, 5000, "the video's", False).result.weights[-1]).max() > 0.5


def test_a_diverging_training_keeps_what_it_had(monkeypatch):
    """No position of the sliders leads there, so the gradient is made infinite after 50 epochs."""
    gradient, calls = UnitPredictor.gradient, iter(range(10_000))

    def explodes(self, xs, target):
        loss, found = gradient(self, xs, target)
        return loss, [g * (math.inf if next(calls) == 100 else 1) for g in found]

    monkeypatch.setattr(UnitPredictor, "gradient", explodes)
    *_, state = learn(-3, 1000, "the video's", False)
    assert state.done == 50 and "diverged in epoch 51" in state.trouble and len(state.result.losses) == 3
