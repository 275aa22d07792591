"""Questions: a prediction is asked for before the page shows the answer.  Knows no lesson."""
from html import escape

import ipywidgets as widgets


class Question(widgets.VBox):
    """A question with a button for each answer; a click says what to think of it.  Any answer lets the page go on."""

    def __init__(self, question, replies):
        self.question, self.replies = question, replies
        self._said = widgets.HTML(self._status("Choose before you read on."))
        buttons = [widgets.Button(description=answer, layout={"width": "auto", "margin": "2px 8px 2px 0"})
                   for answer in replies]
        for button in buttons:
            button.on_click(lambda button: self._choose(button.description))
        prompt = widgets.HTML(f'<p style="font-size:16px;margin:0"><b>Predict.</b> {escape(question)}</p>')
        super().__init__([prompt, widgets.Box(buttons, layout={"flex_flow": "row wrap"}), self._said])

    def _choose(self, answer):
        self._said.value = self._status(f"{answer}? {self.replies[answer]}")

    def _status(self, words):
        """Return the line below the buttons; its height is kept free, so the page does not jump."""
        return f'<div role="status" style="font-size:16px;line-height:1.5;min-height:3em">{escape(words)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/plain"] = f"Predict. {self.question} " + " / ".join(self.replies)
        bundle["text/markdown"] = f"**Predict.** {self.question}\n\n" + "\n".join(f"- {a}" for a in self.replies)
        return bundle


class Questions:
    """The questions of a lesson, each by its name: ask("day_five").

    given: for each name the question, and what to say to each answer.
    """

    def __init__(self, **given):
        self.all = given

    def __call__(self, name):
        """Return the question of that name.  ValueError lists the names if there is none."""
        if not isinstance(name, str) or name not in self.all:
            raise ValueError(f"name: got {name!r}, want one of {', '.join(self.all)}")
        return Question(*self.all[name])
