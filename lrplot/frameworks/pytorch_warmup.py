"""pytorch_warmup: factors of the learning rate that an optimizer's own schedule is dampened by.

The value at update k is the one after k uses of `dampening()`. A warmup beside another scheduler is a `product` of
the two. Untuned warmups read the optimizer's β₂, the spec's `beta2`, which is 0.999 if absent.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import constant, in_turn
from lrplot.frameworks.shared.restarting import powers
from lrplot.schema.annotations import IntegerField
from lrplot.schema.frame import Frame
from lrplot.schema.types import Fresh

FRAMEWORK = Framework(
    name="pytorch_warmup",
    distribution="pytorch-warmup",
    version="0.2.0",
    aliases=("pytorch-warmup",),
    modules=("pytorch_warmup.*",),
    glossary={"last_step": "only -1, the start of a run"},
)
scheduler = FRAMEWORK.scheduler

BETA2 = 0.999  # Adam's default
LEAST = 0.6  # β₂ from which RAdam's factor has values
EARLY = 1000  # updates up to which the difference of two terms magnifies the rounding of a power

LastStepField = Annotated[int, Fresh()]
WarmupField = Annotated[IntegerField, Role.WARMUP]


def _beta2(frame: Frame) -> float:
    return frame.beside.get("beta2", BETA2)


def _checked(period: int) -> int:
    error = f"ValueError: warmup_period must be a positive integer, but is {period}."
    require(period > 0, "warmup_period", error, "give at least 1")
    return period


def _linear(frame: Frame, period: int) -> Curve:
    ramp = Anneal(_checked(period), 0.0, frame.base_value(), LINEAR, lead=1)
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), constant("constant", frame.base_value()))


def _exponential(frame: Frame, period: int) -> Curve:
    return Formula(frame.length, partial(_approaching, frame.base_value(), _checked(period)))


def _approaching(base: float, period: int, k: Floats) -> Floats:
    return np.asarray(base * (1.0 - np.exp(-(k + 1) / period)))


@scheduler()
def LinearWarmup(frame: Frame, warmup_period: WarmupField, last_step: LastStepField = -1) -> Curve:
    """A linear warmup, whose last update has the learning rate.

    Formula: lr·min(1, (k + 1)/warmup_period)
    Source: pytorch_warmup/base.py, LinearWarmup

    Args:
        warmup_period: updates of the warmup
    """
    return _linear(frame, warmup_period)


@scheduler()
def ExponentialWarmup(frame: Frame, warmup_period: WarmupField, last_step: LastStepField = -1) -> Curve:
    """A warmup that comes ever nearer to the learning rate.

    Formula: lr·(1 − e^(−(k + 1)/warmup_period))
    Source: pytorch_warmup/base.py, ExponentialWarmup

    Args:
        warmup_period: updates in which the distance from the learning rate shrinks to 1/e of it
    """
    return _exponential(frame, warmup_period)


@scheduler()
def UntunedLinearWarmup(frame: Frame, last_step: LastStepField = -1) -> Curve:
    """A linear warmup as long as Adam's second moment needs.

    Formula: lr·min(1, (k + 1)/⌊2/(1 − β₂)⌋)
    Source: pytorch_warmup/untuned.py, UntunedLinearWarmup; Ma and Yarats 2021 (arXiv:1910.04209)
    """
    return _linear(frame, int(2.0 / (1.0 - _beta2(frame))))


@scheduler()
def UntunedExponentialWarmup(frame: Frame, last_step: LastStepField = -1) -> Curve:
    """A warmup that comes ever nearer to the learning rate, as fast as Adam's second moment settles.

    Formula: lr·(1 − e^(−(k + 1)/⌊1/(1 − β₂)⌋))
    Source: pytorch_warmup/untuned.py, UntunedExponentialWarmup; Ma and Yarats 2021 (arXiv:1910.04209)
    """
    return _exponential(frame, int(1.0 / (1.0 - _beta2(frame))))


@scheduler()
def RAdamWarmup(frame: Frame, last_step: LastStepField = -1) -> Curve:
    """RAdam's factor, from the first update at which it has a value.

    Formula: lr·√((ρ − 4)·(ρ − 2)·ρ∞/((ρ∞ − 4)·(ρ∞ − 2)·ρ)) with ρ∞ = 2/(1 − β₂) − 1 and
        ρ = ρ∞ − 2·t·β₂^t/(1 − β₂^t), where t counts updates from the first one with ρ > 4
    Source: pytorch_warmup/radam.py, RAdamWarmup; Liu et al. 2020 (arXiv:1908.03265)
    """
    beta2 = _beta2(frame)
    limit = 2.0 / (1 - beta2) - 1
    error = f"ValueError: beta2 ({beta2}) must be greater than 0.6"
    require(beta2 > LEAST, "beta2", error, "give 0.999")
    offset = 1
    while not float(_rho(beta2, limit, np.array([offset], dtype=np.float64))[0]) > 4:
        offset += 1
    return Formula(frame.length, partial(_rectified, frame.base_value(), beta2, limit, offset))


def _rho(beta2: float, limit: float, t: Floats) -> Floats:
    power, early = np.power(beta2, t), t < EARLY
    power[early] = powers(beta2, t[early])
    return np.asarray(limit - 2 * t * power / (1 - power))


def _rectified(base: float, beta2: float, limit: float, offset: int, k: Floats) -> Floats:
    rho = _rho(beta2, limit, k + offset)
    return np.asarray(base * np.sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)))
