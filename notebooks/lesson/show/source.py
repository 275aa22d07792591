"""The core's own code on a page: what you read is what runs."""
import inspect
import re


class Source:
    """Show the code of a function of lstm_core, without its docstring and without the checks of its arguments."""

    def __init__(self, function):
        code = re.sub(r"^(@.*\n)+", "", inspect.getsource(function))
        code = re.sub(r'\n +""".*?"""', "", code, count=1, flags=re.DOTALL)
        self.code = code.strip()

    def _repr_mimebundle_(self, **kwargs):
        return {"text/plain": self.code, "text/markdown": f"```python\n{self.code}\n```"}
