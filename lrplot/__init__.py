"""lrplot: what learning rate will a training run actually use?

>>> import lrplot
>>> schedule = lrplot.load({"steps": 100, "lr": 1e-3, "schedule": "linear"})
>>> schedule(25)
0.00075
"""

from typing import TYPE_CHECKING, Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError

if TYPE_CHECKING:
    from lrplot.schedule import Schedule, load

__version__ = "0.1.0"
__all__ = ["Diagnostic", "Schedule", "Source", "Span", "SpecError", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import numpy and the engine only when they are asked for."""
    if name in ("Schedule", "load"):
        from lrplot import schedule

        return getattr(schedule, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
