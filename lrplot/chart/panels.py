"""Panels: which curves of a run share a chart."""

from __future__ import annotations

from collections.abc import Mapping

from lrplot.curves.curve import Curve
from lrplot.engine.extremes import columns
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, parameter_of


@dataclass(frozen=True)
class Panel:
    """The tracks of one parameter, of the run and of its groups, as curves by the names of the tracks."""

    parameter: str
    curves: Mapping[str, Curve]


def panels_of(run: Run) -> list[Panel]:
    """A panel for the learning rate, and one for every other parameter that changes."""
    names = dict.fromkeys(parameter_of(track) for track in run.tracks)
    panels = [
        Panel(name, {key: track.curve for key, track in run.tracks.items() if parameter_of(key) == name})
        for name in names
    ]
    return [panel for panel in panels if panel.parameter == "lr" or moves(panel, run.steps)]


def moves(panel: Panel, steps: int) -> bool:
    """Whether a curve in a panel changes during the run."""
    cuts = [columns(curve, 0, steps, 16) for curve in panel.curves.values()]
    return any(float(cut.lows.min()) < float(cut.highs.max()) for cut in cuts)


def constants(run: Run) -> list[tuple[str, float]]:
    """The tracks of parameters without a panel, which hold one value each, by their names."""
    shown = {name for panel in panels_of(run) for name in panel.curves}
    return [(name, track.curve.limit(1)) for name, track in run.tracks.items() if name not in shown]
