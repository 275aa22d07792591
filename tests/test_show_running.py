"""The picture that takes a moment: it grows, stops, goes on, begins anew, and at rest it shows the finished run.

It is tried with a quick run of its own; those of the lessons are tried in the tests of their rooms.
"""
import asyncio
import time

import ipywidgets as widgets

from lesson.show.picture import Slider
from lesson.show.running import RunningPicture, State
from lesson.show.svg import Drawing
from test_picture import parts


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


def test_stop_right_after_the_start_shows_the_first_of_it():
    async def steps():
        picture = counting_picture(slow)
        parts(picture, widgets.FloatSlider)[0].value = 100
        button(picture, "Stop").click()  # before the loop came to the run
        done = picture._state.done
        assert 0 < done < 100 and f"Counted to {done} of 100." in shown(picture)
        await asyncio.sleep(0.15)
        assert picture._state.done == done, "it did not stop"
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
