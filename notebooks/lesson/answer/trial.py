"""A learner's function on trial: whatever it does, it ends, and what went wrong is a sentence.  Knows no exercise."""
import sys
import time
from contextlib import contextmanager, redirect_stdout
from unittest.mock import patch

from IPython import get_ipython

SECONDS, LINES = 2, 40  # of its own time, and of what it prints


class Failed(Exception):
    """A function that could not be tried to its end; the message says why, after the words 'your function'."""


class _Endless(BaseException):
    """Raised inside a learner's function; none of Exception, so that its own `except Exception` lets it pass."""


class _Few:
    """A stream that passes on the first lines and keeps the others back."""

    def __init__(self, stream):
        self._stream, self.left = stream, LINES

    def write(self, text):
        if self.left > 0:
            self._stream.write(text[:1000])
        self.left -= text.count("\n")

    def flush(self):
        self._stream.flush()


def try_out(function, *arguments):
    """Return what a learner's function gives for the arguments; Failed, with the reason, if it gives nothing."""
    stream = _Few(sys.stdout)
    try:
        with _no_exit(), redirect_stdout(stream), _at_most(SECONDS):
            result = function(*arguments)
    except _Endless:
        raise Failed(f"was still running after {SECONDS} seconds: is there a loop that never ends?") from None
    except RecursionError:
        raise Failed("calls itself again and again: nothing in it says when to stop.") from None
    except SystemExit:
        raise Failed("calls exit(), which would end the kernel: use return instead.") from None
    except Exception as error:  # whatever a learner's function does, the learner should read it
        raise Failed(f"stopped with {type(error).__name__}: {error}") from None
    if stream.left < 0:
        raise Failed(f"prints more than {LINES} lines: take its print out, and use return.")
    return result


@contextmanager
def _at_most(seconds):
    """End what runs inside after so many seconds of its own time.

    It looks at the clock before each instruction (an empty loop has no lines to come to), since no signal reaches a
    kernel in the browser.
    """
    before, ends = sys.gettrace(), time.process_time() + seconds

    def look(frame, event, argument):
        if time.process_time() > ends:
            raise _Endless
        frame.f_trace_opcodes = True
        return look

    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def _no_exit():
    """Make IPython's exit() and quit() raise SystemExit, as they do elsewhere, instead of ending the kernel."""
    shell = get_ipython()
    if shell is None:
        yield
    else:
        with patch.object(shell, "ask_exit", sys.exit, create=True):  # the kernel in the browser has none
            yield
