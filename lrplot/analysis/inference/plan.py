"""One rise, one plateau and one decay: the form of most schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import product
from math import inf
from typing import Any, Literal

import numpy as np

from lrplot.analysis.inference.bodies import FIELD, RATE, TIMESCALE, Body, rates
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec, length_price, run_length, value_of
from lrplot.analysis.inference.numbers import cost, plain, share, shortest
from lrplot.analysis.inference.parameters import FARTHEST, Parameter, Updates
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

Clock = Literal["after", "product", "switch"]
MULTIPLES = (1.0, 1.02, 1.3, 2.0, 5.0, 20.0)  # of the span that was logged: where a decay may end
HIDDEN = (0.02, 0.1, 0.3, 0.6, 0.95)  # of the updates before the first point that shows none: where a warmup may end
STARTS = 3  # starting points that a form is fitted from

RAMPS: dict[str, Callable[[Floats], Floats]] = {
    "linear": lambda u: u,
    "cosine": lambda u: np.asarray(np.square(np.sin(np.pi / 2 * u))),
    "polynomial": np.square,
    "sqrt": np.sqrt,
}
PEAK = Parameter("peak", "value", 1e-300, 1e300)
FLOOR = Parameter("floor", "share", 0, 1.0)
WARMUP = Parameter("warmup", "updates", 0.5, FARTHEST)
START = Parameter("start", "share", 0, 1.0)
LOOSE_WARMUP = Parameter("warmup", "updates", -2, FARTHEST)
LOOSE_START = Parameter("start", "share", -1, 1.0)
HOLD = Parameter("hold", "updates", 0, FARTHEST)
HORIZON = Parameter("horizon", "updates", 1, FARTHEST)
CLIP = Parameter("clip", "share", 0, 1.0)


@dataclass(frozen=True, eq=False)
class Rise:
    """A warmup: its shape, whether it starts one update in, and whether it starts above 0."""

    shape: str = "linear"
    skip_zero: bool = False
    start: bool = False


@dataclass(frozen=True, eq=False)
class Plan(Form):
    """A warmup, a plateau and a body, each of which may be left out.

    Args:
        body: what follows the warmup
        rise: the warmup; None if there is none
        hidden: whether the warmup is not among the points, so that only its end is known
        hold: whether the peak is held before the body
        floor: whether the body ends above 0
        clip: whether a least value clips it
        clock: whether the body starts `after` the warmup, or with the run: the warmup is then a factor of it
            (`product`), or its values are replaced by the warmup's (`switch`)
        end: the step at which the body ends, if that is not a parameter, and the digits that it counts as
        loose: whether it may also start before update 0; what such a plan cannot fit, no other offset can either
    """

    body: Body
    rise: Rise | None = None
    hidden: bool = False
    hold: bool = False
    floor: bool = False
    clip: bool = False
    clock: Clock = "after"
    loose: bool = False
    end: int = 0
    end_price: float = 0.0
    free = ("warmup",)  # it ends between two rows

    @property
    def name(self) -> str:  # type: ignore[override]
        """The kind, and what stands before it."""
        before = "warmup, " if self.rise or self.hidden else ""
        return f"{before}{'plateau, ' if self.hold else ''}{self.body.kind}"

    @property
    def rough(self) -> bool:  # type: ignore[override]
        """Whether the warmup does not lead to where the body is, or the body begins with an infinite slope."""
        return self.clock == "switch" or self.body.steep

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for each field."""
        rise = self.rise
        fields = [self.hold, self.hold, self.floor, self.clip, bool(rise), self.hidden, self.hidden]
        more = [rise.skip_zero, rise.start, rise.shape != "linear"] if rise else []
        own = 0 if self.body.write else len(self.body.extra)
        return (
            self.end_price
            + FIELD * (sum(fields) + sum(more) + own)
            + {"after": 0, "product": 3, "switch": 5}[self.clock]
        )

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The peak, shares of it, times, and the body's own."""
        return (
            PEAK,
            *[FLOOR] * self.floor,
            *[LOOSE_WARMUP if self.loose else WARMUP] * bool(self.rise or self.hidden),
            *[LOOSE_START if self.loose else START] * bool(self.rise and self.rise.start),
            *[HORIZON] * (self.body.horizon and not self.end),
            *[HOLD] * self.hold,
            *self.body.extra,
            *[CLIP] * self.clip,
        )

    def named(self, theta: Floats) -> dict[str, float]:
        return super().named(theta) | ({"horizon": float(self.end)} if self.end else {})

    def values(self, theta: Floats, steps: Floats) -> Floats:
        x = self.named(theta)
        warmup = x.get("warmup", 0.0)
        begin = 0.0 if self.clock != "after" else x.get("hold", warmup)
        factor = self._factor(x, steps - begin, begin)
        if self.clip:
            factor = np.maximum(factor, x["clip"])
        if self.rise:
            rise = ramp(self.rise, steps, warmup, x.get("start", 0.0))
            factor = np.where(steps < warmup, rise * factor if self.clock == "product" else rise, factor)
        return np.asarray(x["peak"] * factor)

    def _factor(self, x: dict[str, float], t: Floats, begin: float) -> Floats:
        own = [x[each.name] for each in self.body.extra]
        shape = self.body.factor(np.maximum(t, 0.0), x.get("horizon", begin) - begin, *own)
        floor = x.get("floor", 0.0)
        return floor + (1 - floor) * shape if self.floor else shape

    def starts(self, evidence: Evidence) -> list[Floats]:
        steps, values = evidence.steps.astype(np.float64), evidence.values
        peak = evidence.peak
        if peak <= 0:
            return []
        tops = np.flatnonzero(values >= peak - evidence.tolerance)
        found: list[tuple[float, list[float]]] = []
        for warmup, start in self._rises(steps, values, int(tops[0]), peak):
            begins = [warmup if self.clock == "after" else 0.0]
            if self.hold:
                last, following = float(steps[tops[-1]]), float(steps[min(tops[-1] + 1, len(steps) - 1)])
                begins = [last, (last + following) / 2]
            for begin in begins:
                found += self._bodies(evidence, peak, warmup, start, begin)
        found.sort(key=lambda each: each[0])
        return [np.array(theta) for _, theta in found[:STARTS]]

    def _bodies(
        self, evidence: Evidence, peak: float, warmup: float, start: float, begin: float
    ) -> Iterator[tuple[float, list[float]]]:
        """Parameters with a few lengths and own parameters of the body, and the sum of their squared differences."""
        steps, values = evidence.steps.astype(np.float64), evidence.values
        rows = np.flatnonzero(steps >= max(begin, warmup))
        if not len(rows):
            return
        span = max(float(steps[-1] - begin), 1.0)
        for horizon, own in product(self._horizons(evidence, begin), self.body.guesses(span)):
            with np.errstate(all="ignore"):
                shape = self.body.factor(np.maximum(steps[rows] - begin, 0.0), horizon - begin, *own)
            if not np.isfinite(shape).all():
                continue
            top, bottom = (peak * each for each in two_levels(shape, values[rows] / peak, self.floor))
            error = float(np.sum(np.square((bottom + (top - bottom) * shape - values[rows]) / peak)))
            x = {"peak": top if top > 0 else peak, "warmup": warmup, "start": start, "hold": begin}
            x |= {"horizon": horizon, "floor": min(max(bottom / top, 0.0), 0.999) if top > 0 else 0.0}
            x |= {"clip": max(float(values[-1]) / peak, 0.0)}
            x |= dict(zip((each.name for each in self.body.extra), own, strict=True))
            yield error, [x[each.name] for each in self.parameters]

    def _rises(self, steps: Floats, values: Floats, top: int, peak: float) -> list[tuple[float, float]]:
        """Lengths of the warmup and its first share of the peak, from the points before the first highest one."""
        if self.hidden:
            return [(share * float(steps[0]), 0.0) for share in HIDDEN]
        if self.rise is None:
            return [(0.0, 0.0)]
        if top == 0:
            return [(float(steps[0] + share * (steps[1] - steps[0])), 0.0) for share in HIDDEN]
        s, v = steps[:top] + self.rise.skip_zero, values[:top] / peak
        low, high = float(steps[top - 1]), float(steps[min(top + 1, len(steps) - 1)])
        first = float(v[0]) if self.rise.start else 0.0
        if self.rise.shape != "linear":
            lengths = [float(steps[top])]
        elif self.rise.start and top > 1:
            slope, level = np.polyfit(s, v, 1)
            first = float(np.clip(level, 0.0, 1.0))
            lengths = [float((1 - level) / slope) if slope > 0 else high]
        elif s @ v > 0:
            lengths = [float((s @ s) / (s @ v))]
        else:
            lengths = [low + share * (high - low) for share in HIDDEN]
        return [(min(max(each, low, 1.0), max(high, 1.0)), first) for each in lengths]

    def _horizons(self, evidence: Evidence, begin: float) -> list[float]:
        """Updates at which the body may end."""
        if not self.body.horizon or self.end:
            return [float(self.end) or inf]
        steps = evidence.steps
        last, tail = float(steps[-1]), evidence.tail
        found = [begin + (last + 1 - begin) * multiple for multiple in MULTIPLES]
        if evidence.stated > begin:
            found.append(float(evidence.stated))
        if 0 < tail < len(steps) - 1:
            found += [float(steps[tail]), float(steps[tail - 1] + steps[tail]) / 2]
        return found

    def low(self, evidence: Evidence) -> Floats:
        before = float(evidence.steps[max(evidence.tail - 1, 0)])
        return np.array([max(each.low, before) if each is HORIZON else each.low for each in self.parameters])

    def high(self, evidence: Evidence) -> Floats:
        bounds = dict(zip(self.parameters, super().high(evidence).tolist(), strict=True))
        final = len(evidence) - 1
        if self.clock == "switch":
            after = min(int(np.argmax(evidence.values)) + 1, final)
            bounds[WARMUP] = max(float(evidence.steps[after]), 1.0)
        highest = np.flatnonzero(evidence.values >= evidence.peak - 2 * evidence.tolerance)
        if self.hold and highest[-1] < final:  # the plateau ends before the first point below it
            bounds[HOLD] = float(evidence.steps[highest[-1] + 1])
        return np.array(list(bounds.values()))

    def candidates(self, k: int, low: float, high: float, theta: Floats, evidence: Evidence) -> list[float]:
        parameter = self.parameters[k]
        x = self.named(theta)
        found = dict.fromkeys(super().candidates(k, low, high, theta, evidence))
        more: list[float] = []
        if parameter is HORIZON:
            more = [float(evidence.stated), float(evidence.last), float(evidence.last + 1)]
            more += [each - 1 for each in parameter.candidates(low + 1, high + 1, x["horizon"] + 1, 1.0)]
            if self.clock == "after":
                begin = x.get("warmup", 0.0)
                more += [each + begin for each in parameter.candidates(low - begin, high - begin, x["horizon"], 1.0)]
        elif parameter is HOLD:
            end, begin = x.get("horizon", 0.0), x.get("warmup", 0.0)
            more = [end - each for each in parameter.candidates(end - high, end - low, end - x["hold"], 1.0)]
            more += [begin + each for each in parameter.candidates(low - begin, high - begin, x["hold"] - begin, 1.0)]
        elif parameter is START and x["warmup"] >= 1:
            more = [1 / (round(x["warmup"]) + 1)]
        elif parameter is TIMESCALE:
            more = [x.get("warmup", 0.0), 10_000.0]
        elif parameter is RATE and self.body.write is not None:
            more = rates(low, high, float(theta[k]))
        found |= dict.fromkeys(each for each in more if max(low, parameter.low) <= each <= high)
        if parameter is HOLD:
            found = dict.fromkeys(each for each in found if each > x.get("warmup", 0.0))
        trial = theta.copy()

        def price(value: float) -> float:
            trial[k] = value
            return self.number_price(k, trial, evidence)

        return sorted(found, key=price)

    def number_price(self, k: int, theta: Floats, evidence: Evidence) -> float:
        parameter = self.parameters[k]
        x = self.named(theta)
        value = float(theta[k])
        if parameter is HORIZON:
            return self._end(x, evidence)[2]
        if parameter is HOLD:
            end, begin = x.get("horizon", 0.0), x.get("warmup", 0.0)
            return min(cost(end - value), cost(value), cost(value - begin))
        if parameter is START and value == 1 / (round(x["warmup"]) + 1):
            return 2.0
        if parameter is TIMESCALE and value == self._timescale(x):
            return -FIELD
        if parameter in self.body.extra and self.body.write is not None:
            return self.body.write(value)[0]
        return super().number_price(k, theta, evidence)

    def _timescale(self, x: dict[str, float]) -> float:
        return x.get("warmup", 0.0) or 10_000.0

    def _end(self, x: dict[str, float], evidence: Evidence) -> tuple[int, bool, float]:
        """The end of the body as it is written, whether its last update reaches the floor, and the price in digits."""
        end = round(x["horizon"])
        usual = length_price(end, evidence)
        inclusive = length_price(end + 1, evidence) + 2 * FIELD
        if self.hold or self.clock != "after":
            return end, False, usual
        return (end, False, usual) if usual <= inclusive else (end + 1, True, inclusive)

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        x = self.named(theta)
        peak = x["peak"]
        body: Spec = {"kind": self.body.kind}
        if self.floor:
            body["to"] = share(x["floor"], peak, evidence.relative)
        own = {each.name: x[each.name] for each in self.body.extra}
        body |= self.body.fields(own)
        if body.get(TIMESCALE.name) == self._timescale(x):
            del body[TIMESCALE.name]
        if self.clip:
            body["min"] = share(x["clip"], peak, evidence.relative)
        steps, end = evidence.length, None
        if self.body.horizon:
            end, inclusive, _ = self._end(x, evidence)
            steps = run_length(end, evidence)
            if inclusive:
                body["inclusive"] = True
        schedule = self._schedule(x, body, steps, end, evidence.relative)
        return {"steps": steps, "lr": plain(shortest(peak)), "schedule": schedule}

    def _schedule(self, x: dict[str, float], body: Spec, steps: int, end: int | None, relative: bool) -> Any:
        ends = {} if end is None or end == steps else {"for": Updates(end)}
        warmup = self._warmup(x, relative)
        if self.clock == "product":
            return {"kind": "product", "of": [{"kind": "warmup", **_as_phase(warmup)}, value_of({**body, **ends})]}
        if self.clock == "switch":
            timm: Spec = {"use": "timm.CosineLRScheduler", "t_initial": Updates(end or steps)}
            if "to" in body:
                timm["lr_min"] = plain(shortest(x["floor"] * x["peak"]))
            timm["warmup_t"] = Updates(round(x["warmup"]))
            if "start" in x:
                timm["warmup_lr_init"] = plain(shortest(x["start"] * x["peak"]))
            return timm | {"t_in_epochs": False}
        if self.hold:
            return self._phases(x, body, warmup, steps, end)
        if warmup is not None:
            body = {"kind": body.pop("kind"), "warmup": warmup, **body}
        return value_of({**body, **ends})

    def _phases(self, x: dict[str, float], body: Spec, warmup: Any, steps: int, end: int | None) -> Any:
        """A plateau before the body: `wsd` if that says it, or else a list of phases."""
        turn, begin = round(x["hold"]), round(x.get("warmup", 0.0))
        if end is not None and end == steps and self.body.cooldown and not self.clip:
            cooldown = end - turn
            if cost(cooldown) <= min(cost(turn), cost(turn - begin)) + FIELD:
                found: Spec = {"kind": "wsd"} | ({"warmup": warmup} if warmup is not None else {})
                found["cooldown"] = Updates(cooldown)
                if self.body.kind != "linear":
                    found["shape"] = self.body.kind
                return found | {key: value for key, value in body.items() if key != "kind"}
        phases: list[Any] = [] if warmup is None else [{"kind": "warmup", **_as_phase(warmup)}]
        lasts = {"until": Updates(turn)} if cost(turn) < cost(turn - begin) else {"for": Updates(turn - begin)}
        ends = {} if end is None or end == steps else {"for": Updates(end - turn)}
        return [*phases, {"kind": "constant", **lasts}, value_of({**body, **ends})]

    def _warmup(self, x: dict[str, float], relative: bool) -> Any:
        """The field `warmup`; None if there is none."""
        if "warmup" not in x:
            return None
        length = Updates(round(x["warmup"]))
        fields: Spec = {}
        if self.rise and self.rise.start:
            fields["from"] = share(x["start"], x["peak"], relative)
        if self.rise and self.rise.shape != "linear":
            fields["shape"] = self.rise.shape
        if self.rise and self.rise.skip_zero:
            fields["skip_zero"] = True
        return {"for": length, **fields} if fields else length


def _as_phase(warmup: Any) -> Spec:
    return warmup if isinstance(warmup, dict) else {"for": warmup}


def ramp(rise: Rise, steps: Floats, length: float, start: float) -> Floats:
    """The share of the peak during a warmup."""
    u = np.minimum(np.maximum((steps + rise.skip_zero) / length, 0.0), 1.0) if length > 0 else np.ones_like(steps)
    if rise.shape == "exponential":
        return np.asarray(np.power(max(start, 1e-300), 1 - u))
    return np.asarray(start + (1 - start) * RAMPS[rise.shape](u))


def two_levels(shape: Floats, values: Floats, floor: bool) -> tuple[float, float]:
    """The values that the factors 1 and 0 stand for, by least squares."""
    if not floor:
        return float(shape @ values / max(float(shape @ shape), 1e-300)), 0.0
    matrix = np.stack([shape, 1 - shape], axis=1)
    (top, bottom), *_ = np.linalg.lstsq(matrix, values, rcond=None)
    return float(top), float(bottom)
