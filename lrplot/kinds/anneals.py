"""Anneals: from one value to another in a given number of updates."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR, REX, SQRT, power_decay
from lrplot.kinds import kind
from lrplot.schema.annotations import FlagField, LevelField, PositiveField
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import START


@kind(decaying=True)
def linear(
    frame: Frame,
    from_: Annotated[LevelField, Role.START] = START,
    to: Annotated[LevelField, Role.FLOOR] = 0.0,
    inclusive: FlagField = False,
) -> Curve:
    """A straight line: BERT, PPO, and the cooldown of many recipes.

    Formula: to + (from − to)·(1 − u), u = t/n
    Source: torch LinearLR; Devlin et al. 2019, BERT, app. A.2

    Args:
        from_: value at the first update
        to: value one update after the last
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """
    return Anneal(frame.length, from_, to, LINEAR, inclusive)


@kind(decaying=True)
def cosine(
    frame: Frame,
    from_: Annotated[LevelField, Role.START] = START,
    to: Annotated[LevelField, Role.FLOOR] = 0.0,
    inclusive: FlagField = False,
) -> Curve:
    """Half a cosine wave, the usual anneal of large models.

    Formula: to + (from − to)·(1 + cos πu)/2, u = t/n
    Source: Loshchilov & Hutter 2017, SGDR (arXiv:1608.03983), eq. 5 without restarts; torch CosineAnnealingLR

    Args:
        from_: value at the first update
        to: value one update after the last
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """
    return Anneal(frame.length, from_, to, COSINE, inclusive)


@kind(decaying=True)
def polynomial(
    frame: Frame,
    from_: Annotated[LevelField, Role.START] = START,
    to: Annotated[LevelField, Role.FLOOR] = 0.0,
    power: PositiveField = 1.0,
    inclusive: FlagField = False,
) -> Curve:
    """A power of what is left: the "poly" policy of segmentation networks.

    Formula: to + (from − to)·(1 − u)^power, u = t/n
    Source: Liu et al. 2015, ParseNet (arXiv:1506.04579), sec. 3.3; torch PolynomialLR

    Args:
        from_: value at the first update
        to: value one update after the last
        power: exponent; 1 is a straight line, above 1 falls fast at first
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """
    return Anneal(frame.length, from_, to, power_decay(power), inclusive)


@kind(decaying=True)
def sqrt(
    frame: Frame,
    from_: Annotated[LevelField, Role.START] = START,
    to: Annotated[LevelField, Role.FLOOR] = 0.0,
    inclusive: FlagField = False,
) -> Curve:
    """One minus a square root, the cooldown that suits warmup–stable–decay best.

    Formula: to + (from − to)·(1 − √u), u = t/n
    Source: Hägele et al. 2024 (arXiv:2405.18392), sec. 3, "1-sqrt"

    Args:
        from_: value at the first update
        to: value one update after the last
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """
    return Anneal(frame.length, from_, to, SQRT, inclusive)


@kind(decaying=True)
def rex(
    frame: Frame,
    from_: Annotated[LevelField, Role.START] = START,
    to: Annotated[LevelField, Role.FLOOR] = 0.0,
    inclusive: FlagField = False,
) -> Curve:
    """Reflected exponential: stays high for long and falls at the end.

    Formula: to + (from − to)·(1 − u)/(1 − u/2), u = t/n
    Source: Chen et al. 2022, REX (arXiv:2107.04197), eq. 3

    Args:
        from_: value at the first update
        to: value one update after the last
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """
    return Anneal(frame.length, from_, to, REX, inclusive)
