"""What the pages of the course show things with.

    svg.py        the look: colours, numbers as text, shapes          live.py      the live picture
    charts.py     curves on paper drawn by matplotlib                 unit.py      the drawing of the LSTM unit
    pictures.py   which controls, drawing and sentence go together    checks.py    questions and exercises
    source.py     the core's own code on a page                       gradients.py  what vanishes and explodes, live
    companies.py  both networks unrolled over the two companies, live
    running.py    the live picture that takes a moment              learning.py   the video's training, live
    tasks.py      two published tasks, networks that learn them     long_memory.py  the adding problem, live
    long_run.py   makes long_run.csv, the results of 90 trainings   tables.py     twelve numbers beside twelve
    series.py     real series, an honest split, baselines           csv_file.py   a learner's own series
    forecasts.py  an LSTM that foretells a series, and who won      forecast_pictures.py  the same, live

Importing this package is also what lets a page import lstm_core, wherever Jupyter was started.
"""
import sys
from pathlib import Path

# A page's folder is the kernel's folder, so `lesson` is always found; the core lies one folder further up.
_root = Path(__file__).resolve().parents[2]
if (_root / "lstm_core.py").exists() and str(_root) not in sys.path:
    sys.path.insert(0, str(_root))

from .checks import ask, check  # noqa: E402  (the path comes first)
from .companies import companies_picture, rnn_picture, survival_picture  # noqa: E402
from .forecast_pictures import echo_picture, forecast_picture, memory_picture, returns_picture  # noqa: E402
from .forecast_pictures import skill_picture  # noqa: E402
from .gradients import descent_picture, flow_picture, power_picture  # noqa: E402
from .learning import training_picture  # noqa: E402
from .long_memory import long_run_picture, race_picture, sequence_picture  # noqa: E402
from .pictures import activation_picture, backward_picture, gate_picture, unit_picture  # noqa: E402
from .source import Source  # noqa: E402
from .tables import compare  # noqa: E402

__all__ = ["Source", "activation_picture", "ask", "backward_picture", "check", "companies_picture", "compare",
           "descent_picture", "echo_picture", "flow_picture", "forecast_picture", "gate_picture", "long_run_picture",
           "memory_picture", "power_picture", "race_picture", "returns_picture", "rnn_picture", "sequence_picture",
           "skill_picture", "survival_picture", "training_picture", "unit_picture"]
