"""Formulas of Markdown as MathML, which browsers draw themselves: a page then needs no MathJax, and no network."""
import re

from latex2mathml.converter import convert

FORMULA = re.compile(r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+)\$", re.DOTALL)


def with_mathml(markdown):
    """Return the Markdown with its formulas as MathML; code stays code."""
    return FORMULA.sub(_as_mathml, markdown)


def _as_mathml(found):
    if found["code"]:
        return found["code"]
    return convert(found["display"] or found["inline"], display="block" if found["display"] else "inline")
