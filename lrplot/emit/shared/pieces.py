"""A track as pieces: parts of the run, each with a form.

A curve of a known primitive is read; any other one is recognised by its values.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from math import inf, isclose

import numpy as np

from lrplot.curves.anneals import Anneal, GeometricAnneal
from lrplot.curves.anneals import Ramp as RampCurve
from lrplot.curves.clocks import Hold, Stepped
from lrplot.curves.computed import Computed
from lrplot.curves.curve import Curve, Flat, Origin, Segment
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.formulas import Formula, ramp_of
from lrplot.curves.laws import Geometric, NaturalExponential, Noam, PowerLaw
from lrplot.curves.points import Interpolation
from lrplot.curves.product import Product
from lrplot.curves.repeat import Repeat
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR, SQRT, Shape
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Bounded, Clip, Ended, Lasting, Scaled
from lrplot.emit.shared.forms import (
    MOST_CONDITIONS,
    Exponential,
    Form,
    Law,
    Level,
    Ramp,
    Stairs,
    Text,
    Triangle,
    Waves,
    joined,
    named,
    over,
)
from lrplot.emit.shared.recognition import SAME, SAMPLED, listed, recognised, snapped
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass

EXACT = 4e-15  # difference of a simple form from a longer expression, as a share of the largest value
MOST_PIECES = 64  # pieces that one curve of the algebra is cut into


@dataclass(frozen=True)
class Piece:
    """The updates start … stop − 1 of a run: a form in their own time, and the segment that they belong to."""

    start: int
    stop: int
    form: Form
    name: str = ""
    origin: Origin | None = None


Part = tuple[int, Form]  # the first local step, and the form in the part's own time


def pieces_of(curve: Curve, steps: int, *, listing: bool = False) -> list[Piece] | None:
    """The pieces of a curve's first `steps` updates; None if it has a part that no form describes.

    If `listing`, the values of such a part are listed, unless they are too many.
    """
    pieces: list[Piece] = []
    covered = 0
    segments = curve.segments()
    for index, segment in enumerate(segments):
        stop = min([segment.stop, steps, *(after.start for after in segments[index + 1 :])])
        if segment.start < stop:
            if (found := _pieces(segment, stop, listing)) is None:
                return None
            pieces += found
        covered = max(covered, stop)
    if covered < steps:
        rest = Segment(Role.HOLD, covered, steps, Lasting(steps - covered, curve, covered), "hold")
        held = _value(curve, covered) == _value(curve, steps - 1)
        found = [Piece(covered, steps, Level(_value(curve, covered)), "hold")] if held else _recognised(rest, steps)
        if found is None:
            return None
        pieces += found
    return merged(pieces)


def _pieces(segment: Segment, stop: int, listing: bool) -> list[Piece] | None:
    length = stop - segment.start
    found, planned = parts(segment.curve, length), segment.stop - segment.start
    if found is None or not all(form.readable for _, form in found):
        found = recognised(segment.curve, length, planned)
    elif any(isinstance(form, Text) for _, form in found):
        found = recognised(segment.curve, length, planned, EXACT) or found
    if found is None:
        found = _together(segment.curve, length)
    if found is None and listing:
        found = listed(segment.curve, length)
    return None if found is None else _placed(segment, found, length)


def _together(curve: Curve, length: int) -> list[Part] | None:
    """Curves that act at the same time, as a product, if that is what their values are."""
    texts = [_single(factor.curve, length) for factor in curve.factors]
    known = [f"({text})" for text in texts if text is not None]
    if len(known) < 2 or len(known) < len(texts):
        return None
    sample = np.unique(np.linspace(0, length - 1, SAMPLED).astype(np.int64))
    values = raw_values(curve, sample)
    product = Text(" * ".join(known))
    products = product.values(sample) if product.readable else np.zeros(1)
    if not products[0] or not np.all(np.isfinite(values)):
        return None
    scaled = product.scaled(float(values[0] / products[0]))
    same = np.max(np.abs(scaled.values(sample) - values)) <= SAME * np.max(np.abs(values))
    return [(0, scaled)] if same else None


def _recognised(segment: Segment, stop: int) -> list[Piece] | None:
    found = recognised(segment.curve, stop - segment.start, stop - segment.start)
    return None if found is None else _placed(segment, found, stop - segment.start)


def _placed(segment: Segment, found: list[Part], length: int) -> list[Piece]:
    """Parts of a segment as pieces of the run."""
    ends = [*(start for start, _ in found[1:]), length]
    return [
        Piece(segment.start + start, segment.start + min(end, length), form, segment.name, segment.origin)
        for (start, form), end in zip(found, ends, strict=True)
        if start < min(end, length)
    ]


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, with neighbours of one value as one, and anneals that begin with the last value before them."""
    found: list[Piece] = []
    for piece in pieces:
        if found and isinstance(piece.form, Level) and found[-1].form == piece.form:
            found[-1] = replace(found[-1], stop=piece.stop)
        elif found and (longer := _begun(found[-1], piece)):
            before = _ended(found.pop(), longer.start)
            found += [before, longer] if before.stop > before.start else [longer]
        else:
            found.append(piece)
    return found


def expanded(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, with a level for each stair and an anneal for each wave, if they are few."""
    found: list[Piece] = []
    for piece in pieces:
        form, length = piece.form, piece.stop - piece.start
        steps = form.every if isinstance(form, Exponential) and form.staircase else length
        steps = form.period if isinstance(form, Waves) else steps
        edges = range(piece.start, piece.stop, steps)
        if len(edges) > MOST_CONDITIONS or len(edges) == 1:
            found.append(piece)
            continue
        for number, start in enumerate(edges):
            part = _turn(form, number)
            found.append(replace(piece, start=start, stop=min(start + steps, piece.stop), form=part))
    return merged(found)


def _turn(form: Form, number: int) -> Form:
    """One stair or wave of a form."""
    if isinstance(form, Waves):
        return Ramp(form.first * form.decay**number, form.last, form.period, "cosine")
    assert isinstance(form, Exponential)
    return Level(form.first * form.gamma**number)


def _ended(piece: Piece, stop: int) -> Piece:
    """A piece that ends earlier; a line then leads to the value that it has there."""
    form = piece.form
    if isinstance(form, Ramp) and form.shape == "linear" and stop - piece.start > 0:
        last = float(form.values(np.array([stop - piece.start], dtype=np.int64))[0])
        near = snapped(last, 1e-14, max(abs(form.first), abs(form.last)))
        form = replace(form, last=near, span=stop - piece.start + form.lead)
    return replace(piece, stop=stop, form=form)


def _begun(before: Piece, piece: Piece) -> Piece | None:
    """An anneal that begins one update earlier, where it has the value before it; None if it has not."""
    match before.form, piece.form:
        case Level() | Ramp(), Ramp(first=first, lead=1):
            last = float(before.form.values(np.array([before.stop - before.start - 1], dtype=np.int64))[0])
            if isclose(last, first, rel_tol=1e-12):
                return replace(piece, start=piece.start - 1, form=replace(piece.form, lead=0))
        case Level(value), Ramp(first, last, int() as span, "linear", _, 0):
            if isclose(first - (last - first) / span, value, rel_tol=1e-12, abs_tol=1e-15 * abs(last)):
                return replace(piece, start=piece.start - 1, form=Ramp(value, last, span + 1))
    return None


def parts(curve: Curve, length: int) -> list[Part] | None:
    """The forms of a curve's first `length` steps, in order, the first from step 0; None if they are not known."""
    match curve:
        case Flat():
            return [(0, Level(curve.value))]
        case RampCurve():
            return _ramp(curve)
        case Geometric() if curve.gamma >= 0:
            return [(0, Exponential(curve.first, curve.gamma, curve.every, curve.staircase))]
        case NaturalExponential():
            return [(0, Text(f"{curve.first!r} * exp({-curve.rate!r} * t)"))]
        case PowerLaw():
            return [(0, Level(curve.first) if curve.scale == inf else Law(curve.first, curve.scale, curve.exponent))]
        case Noam():
            return _noam(curve)
        case Restarts():
            return _restarts(curve, length)
        case Triangles() if curve.up + curve.down > 1:
            return [(0, Triangle(curve.low, curve.high, curve.up, curve.down, curve.halving, curve.gamma))]
        case Plateaus():
            levels = tuple(float(level) for level in curve.levels)
            return _stairs(Stairs(tuple(int(edge) for edge in curve.edges), levels).cut(length))
        case Interpolation():
            return _interpolation(curve)
        case Computed():
            return [(0, Text(_computed(curve)))]
        case Product():
            texts = [_single(factor.curve, length) for factor in curve.parts]
            known = [f"({text})" for text in texts if text is not None]
            return [(0, Text(" * ".join([repr(curve.scale), *known])))] if len(known) == len(texts) else None
        case Repeat():
            text = _single(curve.curve, curve.period)
            if text is None:
                return None
            repeated = Text(over(text, f"(t % {curve.period})"))
            return [(0, repeated), (curve.total, Level(curve.curve.end))]
        case Formula() if (ramp := ramp_of(curve)) is not None:
            return _formula(*ramp)
        case Lasting() | Scaled() | Clip() | Ended() | Bounded() | Hold() | Stepped():
            return _wrapped(curve, length)
    return None


def _wrapped(curve: Lasting | Scaled | Clip | Ended | Bounded | Hold | Stepped, length: int) -> list[Part] | None:
    match curve:
        case Lasting():
            found = _parts(curve.curve, length + curve.lead)
            return None if found is None else _from(curve.lead, found, length)
        case Scaled():
            found = _parts(curve.curve, length)
            return None if found is None else [(start, form.scaled(curve.factor)) for start, form in found]
        case Clip():
            found = _parts(curve.curve, length)
            return None if found is None else [(start, form.clipped(curve.low)) for start, form in found]
        case Ended():
            found = _parts(curve.curve, min(length, curve.stop))
            return None if found is None else [*found, (curve.stop, Level(curve.limit(curve.stop + 1)))]
        case Bounded():
            return _parts(curve.curve, length)
        case Hold():
            time = f"max((t + {curve.offset}) // {curve.every} * {curve.every} - {curve.offset}, 0)"
            if not curve.offset:
                time = f"(t // {curve.every} * {curve.every})"
            text = _single(curve.curve, length)
        case Stepped() if (slow := _slow(curve, length)) is not None:
            return slow
        case Stepped():
            passed = curve.offset // curve.every
            clock = f"(t + {curve.offset}) // {curve.every}" if curve.offset else f"t // {curve.every}"
            time = "t" if curve.every == 1 else f"({clock} - {passed})" if passed else f"({clock})"
            time = f"({time} * {curve.times})" if curve.times > 1 else time
            text = _single(curve.curve, int(curve.clock(np.array([length], dtype=np.int64))[0]) + 1)
    return None if text is None else [(0, Text(over(text, time)))]


def _slow(curve: Stepped, length: int) -> list[Part] | None:
    """The parts of a curve that is stepped once in several updates, if all are constant between its jumps."""
    if curve.times != 1 or curve.offset % curve.every:
        return None
    found: list[Part] = []
    for start, form in _parts(curve.curve, -(-length // curve.every)) or ():
        match form:
            case Level():
                pass
            case Exponential(staircase=True):
                form = replace(form, every=form.every * curve.every)
            case Stairs():
                form = replace(form, edges=tuple(edge * curve.every for edge in form.edges))
            case _:
                return None
        found.append((start * curve.every, form))
    return found or None


def _parts(curve: Curve, length: int) -> list[Part] | None:
    if (known := parts(curve, length)) is not None:
        return known
    found = pieces_of(curve, length)
    return None if found is None else [(piece.start, piece.form) for piece in found]


def _from(lead: int, found: list[Part], length: int) -> list[Part]:
    """Parts from step `lead` on, up to `length` steps after it."""
    kept = [part for index, part in enumerate(found) if index + 1 == len(found) or found[index + 1][0] > lead]
    shifted: list[Part] = []
    for start, form in kept:
        skipped = max(lead - start, 0)
        if isinstance(form, Exponential) and form.staircase and skipped and length <= form.every * MOST_CONDITIONS:
            edges = range(form.every, skipped + length, form.every)
            levels = tuple(form.first * form.gamma**i for i in range(len(edges) + 1))
            shifted += _stairs(Stairs(tuple(edges), levels).shifted(skipped))
        else:
            shifted.append((max(start - lead, 0), form.shifted(skipped)))
    return shifted


def _single(curve: Curve, length: int) -> str | None:
    """The first `length` steps of a curve as one expression."""
    found = pieces_of(curve, length)
    if found is None or sum(_size(piece.form) for piece in found) > MOST_CONDITIONS:
        return None
    texts = [over(piece.form.text, f"(t - {piece.start})") if piece.start else piece.form.text for piece in found]
    return joined([*zip((piece.stop for piece in found), texts, strict=True)])


def _size(form: Form) -> int:
    return len(form.levels) if isinstance(form, Stairs) else 1


def _ramp(curve: RampCurve) -> list[Part]:
    span = curve.length - curve.inclusive
    if span <= 0 or curve.first == curve.last:
        return [(0, Level(curve.last))]
    shape, parameter = ("geometric", 1.0) if isinstance(curve, GeometricAnneal) else _shape(curve)
    ramp = Ramp(curve.first, curve.last, span, shape, parameter, curve.lead)
    # It keeps its last value from the update that reaches it on.
    return (
        [(0, ramp), (max(span - curve.lead, 0), Level(curve.last))] if curve.lead < span else [(0, Level(curve.last))]
    )


def _formula(shape: str, first: float, last: float, span: float, lead: float) -> list[Part]:
    """A ramp whose times need not be whole, and which goes on past its end."""
    if float(span).is_integer() and float(lead).is_integer():
        return [(0, Ramp(first, last, int(span), shape, lead=int(lead)))]
    return [(0, Text(Ramp(first, last, span, shape, lead=lead).text))]


def _shape(curve: RampCurve) -> tuple[str, float]:
    """A shape's name and parameter, by its functions: those of a shape with a parameter are partials."""
    assert isinstance(curve, Anneal)
    shape: Shape = curve.shape
    for known in (LINEAR, COSINE, SQRT):
        if shape is known:
            return known.name, 1.0
    (first, *_) = getattr(shape.done, "args", (1.0,))
    if shape.name == "rex":
        return "rex", float(first)
    if isinstance(first, float | int):  # the power of what is done
        return "rise", float(first)
    return "fall", float(first.args[0])


def _noam(curve: Noam) -> list[Part]:
    w = curve.warmup
    if not w:
        return [(0, Text(f"{curve.scale!r} / sqrt(t + 1)"))]
    if curve.peaked:
        rise, fall = Ramp(0.0, curve.scale, w, lead=1), f"{curve.scale!r} * sqrt({w} / (t + {w + 1}))"
        return [(0, rise), (w, Text(fall))]
    rise = Ramp(0.0, curve.scale / float(np.sqrt(w)), w, lead=1)
    return [(0, rise), (w, Text(f"{curve.scale!r} / sqrt(t + {w + 1})"))]


def _restarts(curve: Restarts, length: int) -> list[Part] | None:
    if curve.mult == 1:
        waves = Waves(curve.first, curve.last, curve.period, curve.decay)
        if length > curve.period:
            return [(0, waves)]
        return [(0, Ramp(curve.first, curve.last, curve.period, "cosine"))]
    starts, lengths = curve.cycles
    within = int(np.searchsorted(starts, length, side="left"))
    if within > MOST_PIECES:
        return None
    found: list[Part] = []
    for number, (start, span) in enumerate(zip(starts[:within].tolist(), lengths.tolist(), strict=False)):
        found.append((start, Ramp(curve.first * curve.decay**number, curve.last, int(span), "cosine")))
    if int(starts[-1]) < length:
        found.append((int(starts[-1]), Level(curve.last)))
    return found


def _stairs(stairs: Stairs) -> list[Part]:
    """Stairs as a level for each, if they are few."""
    if len(stairs.levels) > MOST_CONDITIONS:
        return [(0, stairs)]
    below = [edge for edge in stairs.edges if edge <= 0]
    first = len(below)
    edges = [0, *stairs.edges[first:]]
    return [(edge, Level(value)) for edge, value in zip(edges, stairs.levels[first:], strict=True)]


def _interpolation(curve: Interpolation) -> list[Part] | None:
    at, knots = curve.at.tolist(), curve.knots.tolist()
    if len(at) > MOST_PIECES:
        return None
    shape = {"linear": "linear", "cosine": "cosine"}[curve.shape.name] if curve.shape else "geometric"
    found: list[Part] = [(0, Level(knots[0]))] if at[0] > 0 else []
    for start, stop, first, last in zip(at, at[1:], knots, knots[1:], strict=False):
        if stop > 0:
            form: Form = Level(first) if first == last else Ramp(first, last, stop - start, shape)
            found.append((max(start, 0), form.shifted(max(-start, 0))))
    return [*found, (max(at[-1], 0), Level(knots[-1]))]


def _computed(curve: Computed) -> str:
    n = max(curve.length, 1)
    names = {"n": str(n), "u": f"(t / {n})"}
    if curve.base is not None:
        names["base"] = repr(curve.base)
    if curve.epoch is not None:
        names["epoch"] = f"(t // {curve.epoch})"
    return named(deepcopy(curve.program.tree), names)


def _value(curve: Curve, t: int) -> float:
    return float(raw_values(curve, np.array([t], dtype=np.int64))[0])
