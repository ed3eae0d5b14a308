"""Ramps: the warmups and cooldowns that lead into and out of other schedules."""

from __future__ import annotations

from typing import Annotated, Literal

from lrplot.diagnostics import Fault
from lrplot.schedules.curve import Curve
from lrplot.schedules.decays import Anneal, GeometricAnneal
from lrplot.schedules.fields import Number
from lrplot.schedules.shapes import COSINE, LINEAR, SQRT, Shape, power_decay, power_ramp

ShapeName = Literal["linear", "cosine", "exponential", "polynomial", "sqrt"]
PowerField = Annotated[float | None, Number(above=0)]
DEFAULT_POWER = 2.0


def rise(
    length: int, first: float, last: float, shape: ShapeName, power: float | None, skip_zero: bool = False
) -> Curve:
    """A ramp whose polynomial starts slowly, as warmups do."""
    return _ramp(length, first, last, shape, power_ramp(_exponent(shape, power)), skip_zero)


def fall(length: int, first: float, last: float, shape: ShapeName, power: float | None) -> Curve:
    """A ramp whose polynomial ends slowly, as decays do."""
    return _ramp(length, first, last, shape, power_decay(_exponent(shape, power)))


def _exponent(shape: ShapeName, power: float | None) -> float:
    if power is not None and shape != "polynomial":
        raise Fault(f"`power` goes with `shape: polynomial`, not `{shape}`", field="power", code="conflict")
    return DEFAULT_POWER if power is None else power


def _ramp(length: int, first: float, last: float, shape: ShapeName, polynomial: Shape, lead: bool = False) -> Curve:
    if shape == "exponential":
        return geometric(length, first, last, lead=lead)
    shapes = {"linear": LINEAR, "cosine": COSINE, "sqrt": SQRT, "polynomial": polynomial}
    return Anneal(length, first, last, shapes[shape], lead=int(lead))


def geometric(length: int, first: float, last: float, *, inclusive: bool = False, lead: bool = False) -> Curve:
    """An exponential anneal; neither end may be zero or below."""
    for field, value in (("from", first), ("to", last)):
        if value <= 0:
            raise Fault(
                f"an exponential never reaches {value:g}: `{field}` must be above 0",
                field=field,
                help=f"give `{field}` a small number above 0, such as 1e-7",
            )
    return GeometricAnneal(length, first, last, inclusive=inclusive, lead=int(lead))
