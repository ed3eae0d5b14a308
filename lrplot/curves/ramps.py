"""Ramps: warmups and cooldowns before and after other schedules."""

from __future__ import annotations

from typing import Literal

from lrplot.curves.anneals import Anneal, GeometricAnneal
from lrplot.curves.shapes import COSINE, LINEAR, SQRT, Shape, power_decay, power_ramp
from lrplot.diagnostics import Fault

ShapeName = Literal["linear", "cosine", "exponential", "polynomial", "sqrt"]
DEFAULT_POWER = 2.0


def rise(
    length: int, first: float, last: float, shape: ShapeName, power: float | None, skip_zero: bool = False
) -> Anneal | GeometricAnneal:
    """A warmup: a ramp whose polynomial starts slowly."""
    return _ramp(length, first, last, shape, power_ramp(_exponent(shape, power)), skip_zero)


def fall(length: int, first: float, last: float, shape: ShapeName, power: float | None) -> Anneal | GeometricAnneal:
    """A cooldown: a ramp whose polynomial ends slowly."""
    return _ramp(length, first, last, shape, power_decay(_exponent(shape, power)))


def _exponent(shape: ShapeName, power: float | None) -> float:
    if power is not None and shape != "polynomial":
        raise Fault(f"`power` needs `shape: polynomial`, not `{shape}`", field="power", code="conflict")
    return DEFAULT_POWER if power is None else power


def _ramp(
    length: int, first: float, last: float, shape: ShapeName, polynomial: Shape, lead: bool = False
) -> Anneal | GeometricAnneal:
    if shape == "exponential":
        return geometric(length, first, last, lead=lead)
    shapes = {"linear": LINEAR, "cosine": COSINE, "sqrt": SQRT, "polynomial": polynomial}
    return Anneal(length, first, last, shapes[shape], lead=int(lead))


def geometric(
    length: int, first: float, last: float, *, inclusive: bool = False, lead: bool = False
) -> GeometricAnneal:
    """An exponential anneal; `Fault` if an end is 0 or below."""
    for field, value in (("from", first), ("to", last)):
        if value <= 0:
            raise Fault(
                f"an exponential never reaches {value:g}: `{field}` must be above 0",
                field=field,
                help=f"give `{field}` a small number above 0, such as 1e-7",
            )
    return GeometricAnneal(length, first, last, inclusive=inclusive, lead=int(lead))
