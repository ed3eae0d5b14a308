"""The curves of one schedule: its own, and those of other parameters that it moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Series
from dataclasses import field, replace

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.sequence import Phase, Sequence
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Tracks:
    """A schedule's curve, and the curves of other parameters that it moves (1cycle's momentum), by parameter.

    A scheduler that has `total_steps` is not stepped past them by accelerate's wrapper, which steps it several
    times per update.
    """

    curve: Curve
    beside: Mapping[str, Curve] = field(default_factory=dict)
    total_steps: int | None = None

    def each(self, change: Callable[[Curve], Curve]) -> Tracks:
        """The tracks with every curve changed."""
        return Tracks(change(self.curve), {name: change(curve) for name, curve in self.beside.items()})


def in_sequence(length: int, phases: Series[tuple[Phase, Tracks]], *, open: bool = False) -> Tracks:
    """Phases one after the other, a sequence for each parameter.

    A phase that does not move a parameter holds its value.
    """
    names = dict.fromkeys(name for _, tracks in phases for name in tracks.beside)
    return Tracks(
        Sequence(length, tuple(replace(phase, curve=tracks.curve) for phase, tracks in phases), open),
        {name: Sequence(length, tuple(_beside(name, phases)), open) for name in names},
    )


def _beside(name: str, phases: Series[tuple[Phase, Tracks]]) -> Iterator[Phase]:
    first = next(tracks.beside[name] for _, tracks in phases if name in tracks.beside)
    value = float(first.values(np.zeros(1, dtype=np.int64))[0])
    for phase, tracks in phases:
        curve = tracks.beside.get(name) or Flat(tracks.curve.length, value)
        yield replace(phase, curve=curve)
        value = curve.end
