"""The deck: jupyter nbconvert --to slides --config teaching/slides.py notebooks/03_forget_gate.ipynb

One file with all it needs inside, so that it opens without a network.  Needs latex2mathml, which turns formulas into
the MathML that browsers draw themselves.
"""
import sys
from pathlib import Path

from nbconvert.preprocessors import Preprocessor

TEACHING = Path(__file__).parent

sys.path.insert(0, str(TEACHING))  # Jupyter runs this file from anywhere
from formulas import with_mathml  # noqa: E402


class Deck(Preprocessor):
    """What a slide shows of a cell: formulas without MathJax, pictures and questions without their line of code."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = with_mathml(cell.source)
        elif any({"text/html", "text/markdown"} & set(output.get("data", {})) for output in cell.outputs):
            cell.metadata.transient = {"remove_source": True}
        return cell, resources


c = get_config()  # noqa: F821  (Jupyter runs this file with it)
c.SlidesExporter.extra_template_basedirs = [str(TEACHING)]
c.SlidesExporter.template_name = "deck"
c.SlidesExporter.preprocessors = [Deck]
