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
    from lrplot.analysis.change import Change, Changes
    from lrplot.analysis.checks.fixing import Fixed
    from lrplot.analysis.comparison import Comparison
    from lrplot.analysis.fork import Fork
    from lrplot.analysis.inference.result import Inference
    from lrplot.analysis.range_test import RangeTest
    from lrplot.analysis.resume import Resumption
    from lrplot.analysis.theory.loss_law import LossLaw
    from lrplot.analysis.theory.theory import Theory
    from lrplot.api import (
        Findings,
        Moment,
        Schedule,
        agree,
        at,
        check,
        compare,
        convert,
        diff,
        export,
        fix,
        fork,
        infer,
        load,
        loss_law,
        plot,
        range_test,
        read_log,
        resume,
        show,
        theory,
    )
    from lrplot.chart.picture import Picture
    from lrplot.diagnostics import Diagnostic, Fix, Source, Span, SpecError
    from lrplot.output.tables.shared.rows import Rows
    from lrplot.reference import Format, Kind, Preset, find_kinds, formats, json_schema, presets
    from lrplot.runs.log import Log, Points, Values

__version__ = "0.1.0"
_HOMES = {
    **dict.fromkeys(
        (
            "Findings",
            "Moment",
            "Schedule",
            "agree",
            "at",
            "check",
            "compare",
            "convert",
            "diff",
            "export",
            "fix",
            "fork",
            "infer",
            "load",
            "loss_law",
            "plot",
            "range_test",
            "read_log",
            "resume",
            "show",
            "theory",
        ),
        "lrplot.api",
    ),
    **dict.fromkeys(("Diagnostic", "Fix", "Source", "Span", "SpecError"), "lrplot.diagnostics"),
    "Fixed": "lrplot.analysis.checks.fixing",
    **dict.fromkeys(("Log", "Points", "Values"), "lrplot.runs.log"),
    **dict.fromkeys(("Change", "Changes"), "lrplot.analysis.change"),
    **dict.fromkeys(
        ("Format", "Kind", "Preset", "find_kinds", "formats", "json_schema", "presets"), "lrplot.reference"
    ),
    "Agreement": "lrplot.analysis.agreement.agree",
    "Comparison": "lrplot.analysis.comparison",
    "Fork": "lrplot.analysis.fork",
    "Inference": "lrplot.analysis.inference.result",
    "LossLaw": "lrplot.analysis.theory.loss_law",
    "Picture": "lrplot.chart.picture",
    "RangeTest": "lrplot.analysis.range_test",
    "Resumption": "lrplot.analysis.resume",
    "Rows": "lrplot.output.tables.shared.rows",
    "Theory": "lrplot.analysis.theory.theory",
}
__all__ = [
    "Agreement",
    "Change",
    "Changes",
    "Comparison",
    "Diagnostic",
    "Findings",
    "Fix",
    "Fixed",
    "Fork",
    "Format",
    "Inference",
    "Kind",
    "Log",
    "LossLaw",
    "Moment",
    "Picture",
    "Points",
    "Preset",
    "RangeTest",
    "Resumption",
    "Rows",
    "Schedule",
    "Source",
    "Span",
    "SpecError",
    "Theory",
    "Values",
    "__version__",
    "agree",
    "at",
    "check",
    "compare",
    "convert",
    "diff",
    "export",
    "find_kinds",
    "fix",
    "fork",
    "formats",
    "infer",
    "json_schema",
    "load",
    "loss_law",
    "plot",
    "presets",
    "range_test",
    "read_log",
    "resume",
    "show",
    "theory",
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
