"""What a learner has solved: kept in a file of theirs beside the notebook, and shown on the page.  Knows no exercise.

The file holds one name a line, and lines are only ever added.  So two notebooks open at once lose nothing of each
other's, and a file that is damaged is never written over: it is left alone until the learner moves it away.
"""
import re
from html import escape

import ipywidgets as widgets


class Progress:
    """The names of the exercises that were solved, in a file and, where the file cannot be used, in memory.

    problem: one sentence about the file if it cannot be used, else ''.
    """

    def __init__(self, file):
        self.file, self.problem, self.lines = file, "", {}
        self._here, self._told = set(), ""  # solved since the kernel started; the problem that was told last

    def solved(self):
        """Return the names of all solved exercises, as a set."""
        return self._here | self._in_file()

    def add(self, name):
        """Note that an exercise is solved.  Return what is wrong with the file when it was not told yet, else ''."""
        self._here.add(name)
        missing = sorted(self._here - self._in_file())
        if missing and not self.problem:
            try:
                with self.file.open("a", encoding="ascii", newline="\n") as file:
                    file.write("".join(f"{name}\n" for name in missing))
            except OSError as error:
                self.problem = self._unusable("cannot be written", error.strerror)
        for line in self.lines.values():
            line.show()
        news, self._told = "" if self.problem == self._told else self.problem, self.problem
        return news

    def _in_file(self):
        """Return the names in the file, none if there is no file yet or it cannot be used; set problem."""
        self.problem = ""
        try:
            lines = self.file.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return set()
        except OSError as error:
            self.problem = self._unusable("cannot be read", error.strerror)
            return set()
        for number, line in enumerate(lines, 1):
            if not re.fullmatch(rb"\w+\r?\n", line):
                self.problem = self._unusable("is damaged", f"line {number} is not the name of an exercise")
                return set()
        return {line.decode().strip() for line in lines}

    def _unusable(self, what, why):
        return (f"{self.file.name} {what} ({why}), so what you solve now counts only until the kernel stops. "
                "The file is left as it is; rename or delete it to start a new one.")


class ProgressLine(widgets.HTML):
    """A line on the page that says how far the learner is, and changes with each exercise that is solved.

    progress: a Progress; page: the lesson, such as '03'; here: names of its exercises.
    """

    def __init__(self, progress, page, here):
        super().__init__()
        self._progress, self._page, self._here = progress, page, here
        progress.lines[page] = self  # one for each page: running a cell again replaces its line
        self.show()

    def show(self):
        """Say what is solved by now."""
        solved = self._progress.solved()
        left = [name for name in self._here if name not in solved]
        words = (f"Lesson {self._page}: {len(self._here) - len(left)} of {len(self._here)} exercises solved"
                 f"{'; still open: ' + ', '.join(left) if left else ''}. "
                 f"The whole course: {len(solved)} solved. "
                 f"{self._progress.problem}").strip()
        self.value = f'<div role="status" style="font-size:16px;line-height:1.5">{escape(words)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        # The words without a kernel are the same for everybody: what is saved must not depend on who ran the page.
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/plain"] = "Here you see which exercises you have solved, once you run this page."
        return bundle
