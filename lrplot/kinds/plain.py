"""The simplest parts of schedules: a constant value and a warmup."""

from dataclasses import replace
from typing import Annotated

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.ramps import ShapeName, rise
from lrplot.curves.roles import Role
from lrplot.kinds import kind
from lrplot.schema.annotations import PowerField, SkipField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import START, percent


@kind(decaying=True)
def constant(frame: Frame, value: Annotated[ValueField, Role.START] = START) -> Curve:
    """One value throughout.

    Good for: fine-tuning, reinforcement learning and diffusion models, if the length is open
    Cost: gradient noise never dies down: only a decay, or averaged weights, gets below its floor
    Recipe: sac_constant
    Formula: value
    Source: torch ConstantLR with factor 1
    Also: fixed, flat

    Args:
        value: the value
    """
    return Flat(frame.length, value)


@kind()
def warmup(
    frame: Frame,
    from_: Annotated[ValueField, Role.START] = 0.0,
    to: Annotated[ValueField, Role.PEAK] = percent(100),
    shape: ShapeName = "linear",
    power: PowerField = None,
    skip_zero: SkipField = False,
) -> Curve:
    """A ramp up to the base value, as the first phase of a sequence.

    Good for: peaks that would be too high for the first updates
    Cost: one more hyperparameter, and the updates it takes
    Recipe: stable_diffusion
    Formula: from + (to − from)·r(u), u = t/n; r is u (linear), (1 − cos πu)/2 (cosine), u^power (polynomial),
        √u (sqrt); exponential is from·(to/from)^u
    Source: Goyal et al. 2017 (arXiv:1706.02677), sec. 2.2, "gradual warmup"
    Also: ramp

    Args:
        from_: value at the first update
        to: value one update after the last
        shape: shape of the rise
        power: exponent of the polynomial shape; 2 if absent
        skip_zero: u = (t + 1)/n: start one update into the ramp, so that the last update has `to`
    """
    return replace(rise(frame.length, from_, to, shape, power, skip_zero), meant=Role.WARMUP)
