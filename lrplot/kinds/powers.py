"""Power laws of the update count, which do not depend on the run's length."""

from __future__ import annotations

from math import inf
from typing import Annotated

from lrplot.curves.curve import Curve
from lrplot.curves.laws import Noam, PowerLaw
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.schema.annotations import NonNegativeField, NumberField, PeriodField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import START
from lrplot.schema.types import Count, Duration, Number

DEFAULT_TIMESCALE = 10_000  # transformers' get_inverse_sqrt_schedule without a warmup


@kind(decaying=True)
def inverse_sqrt(
    frame: Frame,
    from_: Annotated[ValueField, Role.START] = START,
    timescale: Annotated[int | None, Duration(at_least=1)] = None,
) -> Curve:
    """The inverse square root of the update count: T5, and translation before it.

    After a warmup with `skip_zero` the peak is used twice, by the warmup's last update and by the next one; `noam`
    with `lr` as its peak counts on from the warmup.

    Good for: runs without a planned end: training can go on from any checkpoint
    Cost: stays high for long: the best loss needs a decay to 0 after it
    Recipe: t5
    Formula: from·√(timescale/(t + timescale))
    Source: Raffel et al. 2020, T5 (arXiv:1910.10683), sec. 3.1.2; transformers get_inverse_sqrt_schedule
    Also: rsqrt, inv_sqrt

    Args:
        from_: value at the first update
        timescale: updates in which the value falls to 71%; if absent, the length of the warmup, or 10,000 without one
    """
    scale = timescale or frame.warmup or DEFAULT_TIMESCALE
    return PowerLaw(frame.length, from_, scale, 0.5)


@kind(decaying=True)
def inverse_time(
    frame: Frame, rate: NonNegativeField, from_: Annotated[ValueField, Role.START] = START, every: PeriodField = 1
) -> Curve:
    """One over the update count.

    Good for: convex problems with SGD, where it meets the conditions of Robbins and Monro
    Cost: small soon: if the first value is too low for the flattest direction, training all but stops
    Recipe: inverse_time
    Formula: from/(1 + rate·t/every)
    Source: keras InverseTimeDecay; Robbins & Monro 1951

    Args:
        rate: growth of the divisor per `every`
        from_: value at the first update
        every: the time that `rate` refers to
    """
    return PowerLaw(frame.length, from_, every / rate if rate else inf, 1.0)


@kind(decaying=True)
def power_law(
    frame: Frame,
    exponent: NumberField,
    rate: NonNegativeField,
    from_: Annotated[ValueField, Role.START] = START,
    every: PeriodField = 1,
) -> Curve:
    """A power of the update count.

    Good for: recipes of Caffe, and decays between 1/√t and 1/t
    Cost: two hyperparameters; never reaches 0
    Recipe: power_law
    Formula: from/(1 + rate·t/every)^exponent
    Source: Caffe's "inv" policy (caffe.proto, lr_policy)

    Args:
        exponent: 1 is `inverse_time`, ½ falls like `inverse_sqrt`
        rate: growth of the divisor's base per `every`
        from_: value at the first update
        every: the time that `rate` refers to
    """
    return PowerLaw(frame.length, from_, every / rate if rate else inf, exponent)


@kind()
def noam(
    frame: Frame,
    warmup: Annotated[int, Duration(), Role.WARMUP],
    d_model: Annotated[int | None, Count()] = None,
    factor: Annotated[float | None, Number(above=0)] = None,
) -> Curve:
    """The original Transformer's schedule: by the width of the model, or with `lr` as its peak.

    Good for: Transformers for translation and speech, trained from scratch with Adam
    Cost: with `d_model` the peak follows from the warmup, so that a longer warmup lowers it; never reaches 0
    Recipe: transformer_base
    Formula: factor·d_model^−½·min(k^−½, k·warmup^−3⁄2), k = t + 1; without `d_model`
        lr·√warmup·min(k^−½, k·warmup^−3⁄2), which is `lr` at its peak
    Source: Vaswani et al. 2017 (arXiv:1706.03762), eq. 3; with `lr` as the peak WarmupLR of espnet, wenet and FunASR
    Also: transformer, vaswani

    Args:
        warmup: updates until the peak
        d_model: width of the model; if absent, the peak is `lr`
        factor: factor of all values beside `d_model`; 1 if absent
    """
    if d_model is not None:
        return Noam(frame.length, (1.0 if factor is None else factor) / d_model**0.5, warmup)
    if factor is not None:
        help = "add `d_model: 512`, or remove `factor` and give the peak as `lr`"
        raise Fault("`factor` needs `d_model`", field="factor", help=help, code="conflict")
    if frame.base is None:
        help = "add `d_model: 512` to the schedule, or `lr: 1e-3` to the spec as its peak"
        raise Fault("`noam` needs `d_model`, or `lr` as its peak", help=help, code="missing-field")
    return Noam(frame.length, frame.base, warmup, peaked=True)
