"""The shipped specs as a list: published recipes with their sources, and examples of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrplot.chart.numbers import amount, rate
from lrplot.engine.extremes import columns
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.style import paint
from lrplot.output.text import cut
from lrplot.runs.run import Run


def format_presets(runs: Mapping[str, Run], width: int, colour: bool) -> str:
    """A line a preset: its name, its run's length and peak, where its numbers come from."""
    parts = (
        ("published recipes", [name for name, run in runs.items() if run.source]),
        ("examples, one for each kind and a few more", [name for name, run in runs.items() if not run.source]),
    )
    lines = []
    for title, names in parts:
        rows = [(name, *_numbers(runs[name]), runs[name].source or runs[name].name) for name in names]
        lines += [paint(title, "bold", colour), *(cut(f"  {line}", width) for line in align(rows)), ""]
    return "\n".join([*lines, "`lrplot show NAME` draws one, `lrplot presets NAME > my.yaml` starts from it."]) + "\n"


def _numbers(run: Run) -> tuple[str, str]:
    cut = columns(run.tracks["lr"].curve, 0, run.steps, 64)
    length = f"{amount(float(run.timebase.amount))} {run.timebase.unit}"
    return length, f"peak {rate(float(cut.highs.max()))}"


def preset_data(runs: Mapping[str, Run]) -> list[dict[str, Any]]:
    """The list, for JSON."""
    return [{"preset": name, "name": run.name, "source": run.source, "steps": run.steps} for name, run in runs.items()]
