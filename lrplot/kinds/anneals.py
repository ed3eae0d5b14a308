"""Anneals: from one value to another in a given number of updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lrplot.curves import shapes
from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR, SQRT, Shape, power_decay
from lrplot.kinds import kind
from lrplot.schema.annotations import FlagField, PositiveField, ValueField
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import START
from lrplot.schema.types import Number


@dataclass(eq=False)
class Ends:
    """The two ends of an anneal.

    Args:
        from_: value at the first update
        to: value one update after the last
        inclusive: reach `to` at the last update, u = t/(n − 1)
    """

    from_: Annotated[ValueField, Role.START] = START
    to: Annotated[ValueField, Role.FLOOR] = 0.0
    inclusive: Annotated[FlagField, Role.INCLUSIVE] = False

    def anneal(self, length: int, shape: Shape) -> Curve:
        """The way from one to the other."""
        return Anneal(length, self.from_, self.to, shape, self.inclusive)


EndsField = Annotated[Ends, Inline(Ends)]


@kind(decaying=True)
def linear(frame: Frame, ends: EndsField) -> Curve:
    """A straight line: BERT, PPO, and the cooldown of many recipes.

    Good for: runs of a known length; falling to 0 it has the least convex bound, and in one large comparison it trained
        the best language models (Bergsma et al. 2025, arXiv:2502.15938)
    Cost: the length must be known before; a run that stops early has not decayed
    Recipe: roberta_base
    Formula: to + (from − to)·(1 − u), u = t/n
    Source: torch LinearLR; Devlin et al. 2019, BERT, app. A.2
    Also: linear_decay
    """
    return ends.anneal(frame.length, LINEAR)


@kind(decaying=True)
def cosine(frame: Frame, ends: EndsField) -> Curve:
    """Half a cosine wave, the usual anneal of large models.

    Good for: pre-training and fine-tuning of a known length; most published runs have it, so that results compare
    Cost: the length must be known before; a cosine that is planned more than a quarter too long costs loss (Hoffmann et
        al. 2022, arXiv:2203.15556, app. B)
    Recipe: llama2_7b
    Formula: to + (from − to)·(1 + cos πu)/2, u = t/n
    Source: Loshchilov & Hutter 2017, SGDR (arXiv:1608.03983), eq. 5 without restarts; torch CosineAnnealingLR
    Also: cosine_annealing, cosine_decay
    """
    return ends.anneal(frame.length, COSINE)


@kind(decaying=True)
def polynomial(frame: Frame, ends: EndsField, power: PositiveField = 1.0) -> Curve:
    """A power of what is left: the "poly" policy of segmentation networks.

    Good for: segmentation, whose published recipes have a power of 0.9
    Cost: the length must be known before; the power is one more hyperparameter
    Recipe: mmseg_80k
    Formula: to + (from − to)·(1 − u)^power, u = t/n
    Source: Liu et al. 2015, ParseNet (arXiv:1506.04579), sec. 3.3; torch PolynomialLR
    Also: poly, polynomial_decay

    Args:
        power: exponent; 1 is a straight line, above 1 falls fast at first
    """
    return ends.anneal(frame.length, power_decay(power))


@kind(decaying=True)
def sqrt(frame: Frame, ends: EndsField) -> Curve:
    """One minus a square root, the cooldown that suits warmup–stable–decay best.

    Good for: the decay after a constant phase: it did better there than a straight line (Hägele et al. 2024)
    Cost: its start must be chosen; it falls steeply at once, which wastes the peak if it is the whole schedule
    Recipe: sqrt
    Formula: to + (from − to)·(1 − √u), u = t/n
    Source: Hägele et al. 2024 (arXiv:2405.18392), sec. 3, "1-sqrt"
    Also: 1-sqrt
    """
    return ends.anneal(frame.length, SQRT)


@kind(decaying=True)
def rex(frame: Frame, ends: EndsField, d: Annotated[float, Number(at_least=0, below=1)] = 0.5) -> Curve:
    """Reflected exponential: stays high for long and falls at the end.

    Good for: short budgets, in which its authors found it ahead of a straight line, and long ones
    Cost: the length must be known before; `d` is one more hyperparameter
    Recipe: rex
    Formula: to + (from − to)·(1 − u)/(1 − d·u), u = t/n
    Source: Chen et al. 2022, REX (arXiv:2107.04197), eq. 3, with d = ½; trainers of diffusion models take 0.9

    Args:
        d: how long it stays high: 0 is a straight line, values near 1 fall at the very end
    """
    return ends.anneal(frame.length, shapes.rex(d))
