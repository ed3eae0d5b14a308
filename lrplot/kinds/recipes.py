"""Well-known schedules made of several phases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.ramps import ShapeName
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.runs.numbers import exact, nearest
from lrplot.schema.annotations import FlagField, NonNegativeField, PositiveField, PowerField, ShareField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import Cooldown, WarmupField, with_ramps
from lrplot.schema.quantities import START, percent, run_percent
from lrplot.schema.types import Duration, Record


@kind()
def wsd(
    frame: Frame,
    from_: Annotated[ValueField, Role.START] = START,
    warmup: Annotated[WarmupField, Role.WARMUP] = None,
    cooldown: Annotated[int, Duration(), Role.DECAY] = run_percent(10),
    shape: ShapeName = "linear",
    power: PowerField = None,
    to: Annotated[ValueField, Role.FLOOR] = 0.0,
) -> Curve:
    """Warmup, a long constant phase, and a short decay at the end.

    Good for: runs whose length is open, and several lengths from one trunk: a cooldown can start at any checkpoint
    Cost: the loss stays high until the cooldown, whose start must be chosen; its best peak is lower than that of a
        cosine, about half of it by the convex bound
    Recipe: wsd_sqrt
    Formula: warmup, then from, then over the last `cooldown` updates to + (from − to)·r(u); r is 1 − u (linear),
        (1 + cos πu)/2 (cosine), 1 − √u (sqrt), (1 − u)^power (polynomial); exponential is from·(to/from)^u
    Source: Hu et al. 2024, MiniCPM (arXiv:2404.06395), sec. 4; Hägele et al. 2024 (arXiv:2405.18392)
    Also: trapezoidal, warmup_stable_decay

    Args:
        from_: the constant value
        warmup: a ramp up to it
        cooldown: length of the decay
        shape: shape of the decay
        power: exponent of the polynomial shape; 2 if absent
        to: value one update after the last
    """
    return with_ramps(
        frame,
        "stable",
        from_,
        warmup,
        lambda inner: Flat(inner.length, from_),
        lambda inner: Cooldown(cooldown, from_, to, shape, power),
    )


@dataclass(eq=False)
class Momentum:
    """The momentum, which moves opposite to the learning rate.

    Args:
        min: momentum at the peak of the learning rate
        max: momentum at both ends
    """

    min: NonNegativeField = 0.85
    max: NonNegativeField = 0.95


@kind()
def one_cycle(
    frame: Frame,
    max: Annotated[ValueField, Role.PEAK] = percent(100),
    pct_start: ShareField = 0.3,
    div_factor: PositiveField = 25.0,
    final_div_factor: PositiveField = 1e4,
    anneal: Literal["cos", "linear"] = "cos",
    three_phase: FlagField = False,
    inclusive: Annotated[FlagField, Role.INCLUSIVE] = False,
    momentum: Annotated[Momentum | None, Record(Momentum)] = Momentum(),
) -> Tracks:
    """One rise and one fall, with the momentum moving the other way (super-convergence).

    Good for: short runs with SGD and a very high peak
    Cost: the length must be known before, and the peak, such as from a range test; five more hyperparameters
    Recipe: superconvergence_cifar10
    Formula: max/div_factor → max over pct_start·n updates, then → max/div_factor/final_div_factor; with `three_phase`
        first back to max/div_factor in as many updates as the rise
    Source: Smith & Topin 2018 (arXiv:1708.07120); torch OneCycleLR
    Also: 1cycle, superconvergence

    Args:
        max: the peak
        pct_start: share of the updates spent rising
        div_factor: the peak is this many times the start
        final_div_factor: the start is this many times the end
        anneal: shape of the rise and of the falls
        three_phase: a fall as long as the rise, then a fall to the end
        inclusive: reach the end at the last update, however little the other phases leave for it
        momentum: momentum at the peak and at the ends; `null` for none
    """
    if three_phase and pct_start > 0.5:
        raise Fault("with `three_phase`, `pct_start` is at most 1/2", field="pct_start")
    low, last = max / div_factor, max / div_factor / final_div_factor
    rise = nearest(exact(pct_start) * frame.length)
    turns = [rise, 2 * rise] if three_phase else [rise]
    latest = frame.length - 1 if inclusive else frame.length  # the last update is that of the end
    edges = [0, *(min(turn, latest) for turn in turns), frame.length]
    lengths = [stop - start for start, stop in pairwise(edges)]
    values = [low, max, low, last] if three_phase else [low, max, last]
    curve = _chain(frame.length, lengths, values, anneal, inclusive)
    if momentum is None:
        return Tracks(curve)
    moments = [momentum.max, momentum.min, momentum.max, momentum.max][: len(values)]
    return Tracks(curve, {"momentum": _chain(frame.length, lengths, moments, anneal, inclusive)})


def _chain(length: int, lengths: list[int], values: list[float], anneal: str, inclusive: bool) -> Sequence:
    """Anneals from each value to the next; `inclusive` is the last one's."""
    shape = COSINE if anneal == "cos" else LINEAR
    final = len(lengths) - 1
    parts = zip(("rise", "fall", "end"), lengths, values, values[1:], strict=False)
    return Sequence(
        length,
        tuple(
            Phase(name, Anneal(n, first, last, shape, inclusive and i == final))
            for i, (name, n, first, last) in enumerate(parts)
        ),
    )
