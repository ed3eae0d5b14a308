"""The shipped specs as a list: published recipes with their sources, and examples of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrplot.analysis.summary import summarize
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.style import paint
from lrplot.runs.run import Run
from lrplot.wording import amount, cut, learning_rate


def format_presets(runs: Mapping[str, Run], width: int, color: bool) -> str:
    """One line per preset: its name, the length and peak of its run, the source of its numbers."""
    parts = (
        ("published recipes", [name for name, run in runs.items() if run.source]),
        ("examples, one for each kind and a few more", [name for name, run in runs.items() if not run.source]),
    )
    lines = []
    for title, names in parts:
        rows = [(name, *_numbers(runs[name]), runs[name].source or runs[name].name) for name in names]
        if rows:
            lines += [paint(title, "bold", color), *(cut(f"  {line}", width) for line in align(rows)), ""]
    return "\n".join([*lines, "`lrplot show NAME` draws one, `lrplot presets NAME > my.yaml` copies it."]) + "\n"


def _numbers(run: Run) -> tuple[str, str]:
    length = f"{amount(float(run.timebase.amount))} {run.timebase.unit}"
    return length, f"peak {learning_rate(summarize(run.tracks['lr'].curve, run.steps).peak)}"


def preset_data(runs: Mapping[str, Run]) -> list[dict[str, Any]]:
    """The list as data for JSON."""
    return [{"preset": name, "name": run.name, "source": run.source, "steps": run.steps} for name, run in runs.items()]
