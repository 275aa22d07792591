"""The deck: jupyter nbconvert --to slides --config teaching/slides.py notebooks/03_forget_gate.ipynb

One file with all it needs inside, so that it opens without a network.  Needs latex2mathml, which turns formulas into
the MathML that browsers draw themselves.
"""
import re
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert.preprocessors import Preprocessor

FORMULA = re.compile(r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+)\$", re.DOTALL)


class Deck(Preprocessor):
    """What a slide shows of a cell: formulas without MathJax, pictures and questions without their line of code."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = FORMULA.sub(as_mathml, cell.source)
        elif any({"text/html", "text/markdown"} & set(output.get("data", {})) for output in cell.outputs):
            cell.metadata.transient = {"remove_source": True}
        return cell, resources


def as_mathml(found):
    """Return a formula of Markdown as MathML; code stays code."""
    if found["code"]:
        return found["code"]
    return convert(found["display"] or found["inline"], display="block" if found["display"] else "inline")


c = get_config()  # noqa: F821  (Jupyter runs this file with it)
c.SlidesExporter.extra_template_basedirs = [str(Path(__file__).parent)]
c.SlidesExporter.template_name = "deck"
c.SlidesExporter.preprocessors = [Deck]
