"""lrplot: what learning rate will a training run actually use?

>>> import lrplot
>>> schedule = lrplot.load({"steps": 100, "lr": 1e-3, "schedule": "linear"})
>>> schedule(25)
0.00075
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes longer to import than all the rest here
if TYPE_CHECKING:
    from typing import Any

    from lrplot.analysis.agreement.agree import Agreement
    from lrplot.analysis.comparison import Comparison
    from lrplot.analysis.inference.result import Inference
    from lrplot.analysis.resume import Resumption
    from lrplot.api import Findings, Schedule, agree, check, compare, convert, infer, load, read_log, resume
    from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
    from lrplot.runs.log import Log, Points, Values

__version__ = "0.1.0"
_HOMES = {
    **dict.fromkeys(
        ("Findings", "Schedule", "agree", "check", "compare", "convert", "infer", "load", "read_log", "resume"),
        "lrplot.api",
    ),
    **dict.fromkeys(("Diagnostic", "Source", "Span", "SpecError"), "lrplot.diagnostics"),
    **dict.fromkeys(("Log", "Points", "Values"), "lrplot.runs.log"),
    "Agreement": "lrplot.analysis.agreement.agree",
    "Comparison": "lrplot.analysis.comparison",
    "Inference": "lrplot.analysis.inference.result",
    "Resumption": "lrplot.analysis.resume",
}
__all__ = [
    "Agreement",
    "Comparison",
    "Diagnostic",
    "Findings",
    "Inference",
    "Log",
    "Points",
    "Resumption",
    "Schedule",
    "Source",
    "Span",
    "SpecError",
    "Values",
    "__version__",
    "agree",
    "check",
    "compare",
    "convert",
    "infer",
    "load",
    "read_log",
    "resume",
]


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import numpy and the engine only if a name needs them."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
