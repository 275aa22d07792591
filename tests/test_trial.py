"""A learner's function on trial: it ends, it prints little, it cannot end the kernel, and each reason is a sentence."""
import sys
import time

import pytest
from ipykernel.zmqshell import ZMQInteractiveShell

from lesson.answer import trial
from lesson.answer.trial import LINES, SECONDS, Failed, try_out


def never_ends(a):
    while True:
        a += 1


def does_nothing_for_ever(a):
    while True:
        pass


def ends_nothing_of_ours(a):
    while True:
        try:
            a += 1
        except Exception:
            pass


def calls_itself(a):
    return calls_itself(a)


def prints_for_ever(a):
    while True:
        print(a)


def stops(a):
    raise RuntimeError("oops")


@pytest.mark.parametrize("function, words", [
    (never_ends, "still running"), (does_nothing_for_ever, "still running"), (ends_nothing_of_ours, "still running"),
    (prints_for_ever, "still running"),
    (calls_itself, "calls itself"), (lambda a: sys.exit(), "calls exit()"), (lambda a: exit(), "calls exit()"),
    (stops, "stopped with RuntimeError: oops"), (lambda: 1, "stopped with TypeError"),
    (lambda a: [print(k) for k in range(1000)], f"prints more than {LINES} lines"),
])
def test_what_goes_wrong_is_a_sentence(function, words, capsys):
    began, trace, stdout = time.process_time(), sys.gettrace(), sys.stdout
    with pytest.raises(Failed, match=words.replace("(", r"\(").replace(")", r"\)")) as failed:
        try_out(function, 1)
    assert str(failed.value)[-1] in ".?" or "stopped with" in words
    assert time.process_time() - began < SECONDS + 2
    assert (sys.gettrace(), sys.stdout) == (trace, stdout)
    assert capsys.readouterr().out.count("\n") <= LINES


def test_a_function_that_works_is_left_alone(capsys):
    assert try_out(lambda a, b: print("here", a) or a + b, 1, 2) == 3
    assert capsys.readouterr().out == "here 1\n"


def test_exit_does_not_end_the_kernel(monkeypatch):
    shell, asked = ZMQInteractiveShell(), []
    monkeypatch.setattr(shell, "ask_exit", lambda: asked.append(1))  # what ends the kernel
    monkeypatch.setattr(trial, "get_ipython", lambda: shell)
    with pytest.raises(Failed, match="calls exit"):
        try_out(lambda a: shell.user_ns["exit"](), 1)
    assert not asked
    shell.user_ns["exit"]()
    assert asked, "afterwards exit is itself again"
