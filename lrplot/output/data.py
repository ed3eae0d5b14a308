"""A run and its findings as data for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lrplot.analysis.outline import outline
from lrplot.analysis.summary import Summary, summarize
from lrplot.diagnostics import Diagnostic
from lrplot.output.objects import diagnostics_data
from lrplot.runs.run import Reading, Run


def derivation(run: Run) -> list[str]:
    """The derivation of the run's length, a line for each step: by the config it was read from, or by its units."""
    return [*(run.reading.derivation if run.reading else ()), *run.timebase.rates.derivation]


def run_data(run: Run, findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """The length and phases of a run, the summary of every track, and its findings.

    Without a known length, places in the run are fractions of it.
    """
    timebase = run.timebase
    return {
        "name": run.name,
        "source": run.source,
        "steps": None if run.nominal else run.steps,
        "length": {"amount": float(timebase.amount), "unit": timebase.unit},
        "reading": _reading(run.reading),
        "derivation": derivation(run),
        "phases": [
            {
                "phase": row.name,
                "start": _place(row.start, run),
                "stop": _place(row.stop, run),
                "first": row.first,
                "end": row.end,
                "notes": {} if run.nominal else dict(row.notes),
            }
            for row in (() if run.points else outline(run.lr.curve, run.steps))
        ],
        "tracks": {name: numbers_of(summarize(track.curve, run.steps), run) for name, track in run.tracks.items()},
        "findings": diagnostics_data(findings),
    }


def _place(step: int, run: Run) -> float:
    return step / run.steps if run.nominal else step


def numbers_of(summary: Summary, run: Run) -> dict[str, Any]:
    """The numbers of a track; without a known length, its places are fractions of the run."""
    numbers = {name: value for name, value in asdict(summary).items() if name != "steps"}
    if not run.nominal:
        return numbers
    places = {name: _place(numbers[name], run) for name in numbers if name.endswith("_step") or name == "cooldown"}
    return {**numbers, **places, "last": None, "jump": None, "jump_step": None}


def _reading(reading: Reading | None) -> dict[str, str] | None:
    """The program whose config was read, and the version whose rules were used."""
    return {"format": reading.format, "version": reading.version} if reading else None
