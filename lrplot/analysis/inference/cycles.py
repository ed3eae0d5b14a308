"""Forms that rise more than once: warm restarts, triangles, a wave, and one cycle."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.inference.bodies import COSINE, FIELD
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec, length_price, run_length
from lrplot.analysis.inference.numbers import cost, plain, share, shortest, simplest
from lrplot.analysis.inference.parameters import Parameter, Updates, duration, number
from lrplot.analysis.inference.periods import cycles_of
from lrplot.analysis.inference.plan import (
    FLOOR,
    HIDDEN,
    HORIZON,
    PEAK,
    STARTS,
    WARMUP,
    Plan,
    Rise,
    ramp,
    two_levels,
)
from lrplot.analysis.inference.settle import best_fit
from lrplot.analysis.inference.solver import Fit
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

Mode = Literal["triangular", "triangular2", "exp_range"]
USUAL = {"pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4}  # of one cycle
LEAST = 4  # points of a wave
DUTIES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # shares of a triangle that may rise
DECAYS = (0.97, 0.8, 0.4)  # factors of a triangle's height from one cycle to the next
JUMP = 0.05  # of the range: a restart climbs by at least that much from one point to the next

PERIOD = duration("period")
MULT = number("mult", 0.1, 10, neutral=1.0)
DECAY = number("decay", 0.01, 5, neutral=1.0)
UP = duration("up")
DOWN = duration("down")
PCT = number("pct_start", 0.001, 0.999)
DIV = number("div_factor", 1, 1e9)
FINAL = number("final_div_factor", 1e-3, 1e12)
GAMMA = number("gamma", 0.1, 1, neutral=1.0)


@dataclass(frozen=True, eq=False)
class Restarts(Form):
    """Half cosines that start again."""

    rise: bool = False
    floor: bool = False
    mult: bool = False
    decay: bool = False
    name = "cosine_restarts"
    rough = True
    timing = ("period", "mult")

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for each field."""
        return FIELD * (1 + self.rise + self.floor + self.mult + self.decay)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The peak, the floor, the warmup, and what changes from cycle to cycle."""
        optional = [FLOOR] * self.floor + [WARMUP] * self.rise
        return (PEAK, *optional, PERIOD, *[MULT] * self.mult, *[DECAY] * self.decay)

    def values(self, theta: Floats, steps: Floats) -> Floats:
        x = self.named(theta)
        warmup, period, mult = x.get("warmup", 0.0), x["period"], x.get("mult", 1.0)
        t = np.maximum(steps - warmup, 0.0)
        if mult == 1:
            cycle = np.floor(t / period)
            begin, length = cycle * period, np.full_like(t, period)
        else:
            inner = np.maximum(1 + t / period * (mult - 1), 1e-12)
            cycle = np.maximum(np.floor(np.log(inner) / np.log(mult) + 1e-9), 0.0)
            begin = period * (np.power(mult, cycle) - 1) / (mult - 1)
            length = period * np.power(mult, cycle)
        peak = np.power(x.get("decay", 1.0), cycle)
        floor = x.get("floor", 0.0)
        factor = floor + (peak - floor) * np.square(np.cos(np.pi / 2 * np.clip((t - begin) / length, 0, 1)))
        if self.rise:
            factor = np.where(steps < warmup, ramp(Rise(), steps, warmup, 0.0), factor)
        return np.asarray(x["peak"] * factor)

    def _jumps(self, evidence: Evidence) -> NDArray[np.int64]:
        """The numbers of the points after each restart."""
        values = evidence.values
        jumps = np.flatnonzero(np.diff(values) > JUMP * np.ptp(values)) + 1
        top = int(np.argmax(values >= values.max() - evidence.tolerance))
        return jumps[jumps > top] if self.rise else jumps

    def _first(self, evidence: Evidence, jumps: NDArray[np.int64]) -> Fit | None:
        """The fit of the first cycle."""
        return best_fit(Plan(COSINE, Rise() if self.rise else None, floor=True), evidence.at(np.arange(jumps[0])))

    def high(self, evidence: Evidence) -> Floats:
        """No cycle is so long that a restart comes after the point that shows it."""
        bounds = dict(zip((each.name for each in self.parameters), super().high(evidence).tolist(), strict=True))
        jumps = self._jumps(evidence)
        first = self._first(evidence, jumps) if len(jumps) else None
        if first is not None:
            warmup = float(np.rint(first.theta[2])) if self.rise else 0.0
            restarts = evidence.steps[jumps] - warmup
            period = restarts[0] if self.mult else float((restarts / np.arange(1, len(jumps) + 1)).min())
            bounds["period"] = max(float(period), 1.0)
            if self.mult and len(jumps) > 1:
                least = max(float(evidence.steps[jumps[0] - 1]) - warmup, 1.0)
                bounds["mult"] = max(float(restarts[1] / least) - 1, 0.1) + 1e-9
        return np.array(list(bounds.values()))

    def starts(self, evidence: Evidence) -> list[Floats]:
        steps = evidence.steps
        jumps = self._jumps(evidence)
        first = self._first(evidence, jumps) if len(jumps) else None
        if first is None:
            return []
        warmup, end = (first.theta[2], first.theta[3]) if self.rise else (0.0, first.theta[2])
        period = float(np.clip(end, steps[jumps[0] - 1], steps[jumps[0]])) - warmup
        fitted = self._start(evidence, jumps, warmup, period)
        fitted |= {"peak": first.theta[0], "floor": first.theta[1]}
        few = self._start(evidence, jumps, warmup, float(steps[jumps[0]]) - warmup)  # points of the first cycle
        return [np.array([x[each.name] for each in self.parameters]) for x in (fitted, few)]

    def _start(self, evidence: Evidence, jumps: NDArray[np.int64], warmup: float, period: float) -> dict[str, float]:
        """Parameters by the extremes and the first jumps, if the first cycle lasts for a period."""
        values, peak = evidence.values, evidence.peak
        x = {"peak": peak, "floor": max(float(values.min()) / peak, 0.0), "warmup": warmup, "period": period}
        x |= {"mult": 1.0, "decay": float(values[jumps[0]]) / peak}
        if len(jumps) > 1:
            mult = max(float(evidence.steps[jumps[1]] - 1 - warmup - period) / period, 0.2)
            x["mult"] = float(np.round(mult, 1 if mult < 1.8 else 0))
        return x

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        x = self.named(theta)
        fields: Spec = {"kind": "cosine_restarts"}
        if self.rise:
            fields["warmup"] = Updates(round(x["warmup"]))
        fields["period"] = Updates(round(x["period"]))
        if self.floor:
            fields["to"] = share(x["floor"], x["peak"], evidence.relative)
        fields |= {name: plain(x[name]) for name in ("mult", "decay") if name in x}
        return {"steps": evidence.length, "lr": plain(shortest(x["peak"])), "schedule": fields}


@dataclass(frozen=True, eq=False)
class Triangles(Form):
    """Straight lines up and down between two values."""

    floor: bool = True
    mode: Mode = "triangular"
    down: bool = False
    name = "cyclic"
    rough = True
    timing = ("up", "down")

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for each field."""
        return FIELD * (1 + self.floor + self.down + (self.mode != "triangular") + (self.mode == "exp_range"))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The two values, the updates of a rise and of a fall, and a factor."""
        return (PEAK, *[FLOOR] * self.floor, UP, *[DOWN] * self.down, *[GAMMA] * (self.mode == "exp_range"))

    def values(self, theta: Floats, steps: Floats) -> Floats:
        x = self.named(theta)
        period = x["up"] + x.get("down", x["up"])
        factor = self._factor(steps / period, x["up"] / period, float(np.power(x.get("gamma", 1.0), period)))
        floor = x.get("floor", 0.0)
        return np.asarray(x["peak"] * (floor + (1 - floor) * factor))

    def _factor(self, x: Floats, duty: float, decay: float) -> Floats:
        """The factor at a clock in cycles, a share `duty` of which rises, if it is multiplied by `decay` a cycle."""
        cycle = np.floor(x)
        local = x - cycle
        factor = np.where(local < duty, local / duty, (1 - local) / (1 - duty))
        if self.mode == "triangular2":
            return np.asarray(factor * np.power(0.5, cycle))
        return np.asarray(factor * np.power(decay, x)) if self.mode == "exp_range" else factor

    def starts(self, evidence: Evidence) -> list[Floats]:
        steps, found = evidence.steps, []
        decays = DECAYS if self.mode == "exp_range" else (1.0,)
        for duty, decay in itertools.product(DUTIES if self.down else (0.5,), decays):
            shape = partial(self._factor, duty=duty, decay=decay)
            for cycles, error in cycles_of(shape, evidence, self.floor):
                period = steps[-1] / cycles
                peak, floor = _peak_and_floor(shape(steps / period), evidence, self.floor)
                x = {"peak": peak, "floor": floor, "gamma": decay ** (1 / period)}
                x |= {"up": duty * period, "down": (1 - duty) * period}
                found.append((error, [x[each.name] for each in self.parameters]))
        return [np.array(theta) for _, theta in sorted(found, key=lambda each: each[0])[:STARTS]]

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        x = self.named(theta)
        fields: Spec = {"kind": "cyclic"}
        if self.floor:
            fields["min"] = share(x["floor"], x["peak"], evidence.relative)
        fields["up"] = Updates(round(x["up"]))
        if self.down:
            fields["down"] = Updates(round(x["down"]))
        if self.mode != "triangular":
            fields["mode"] = self.mode
        if self.mode == "exp_range":
            fields["gamma"] = plain(x["gamma"])
        return {"steps": evidence.length, "lr": plain(shortest(x["peak"])), "schedule": fields}


@dataclass(frozen=True, eq=False)
class Wave(Form):
    """A cosine that rises again after its minimum, as torch's does.

    Args:
        rise: whether the points show a linear warmup
        floor: whether the minimum is above 0
        hidden: whether a warmup ends before the first point
    """

    rise: bool = False
    floor: bool = False
    hidden: bool = False
    name = "cosine wave"

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for each field, and one for the framework's name."""
        return FIELD * (2 + 2 * (self.rise or self.hidden) + self.floor)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The peak, the floor, the warmup and half a wave."""
        return (PEAK, *[FLOOR] * self.floor, *[WARMUP] * (self.rise or self.hidden), PERIOD)

    def values(self, theta: Floats, steps: Floats) -> Floats:
        x = self.named(theta)
        warmup, floor = x.get("warmup", 0.0), x.get("floor", 0.0)
        factor = floor + (1 - floor) * _wave((steps - warmup) / x["period"] / 2)
        if self.rise:
            factor = np.where(steps < warmup, ramp(Rise(), steps, warmup, 0.0), factor)
        return np.asarray(x["peak"] * factor)

    def starts(self, evidence: Evidence) -> list[Floats]:
        top = int(np.argmax(evidence.values >= evidence.peak - evidence.tolerance)) if self.rise else 0
        found = []
        for warmup in self._begins(evidence, top):
            rest = replace(evidence.at(np.arange(top, len(evidence))), steps=evidence.steps[top:] - round(warmup))
            if len(rest) < LEAST:
                continue
            for cycles, error in cycles_of(_wave, rest, self.floor):
                peak, floor = _peak_and_floor(_wave(cycles * rest.steps / rest.last), rest, self.floor)
                x = {"peak": peak, "floor": floor, "warmup": warmup, "period": rest.last / cycles / 2}
                found.append((error, [x[each.name] for each in self.parameters]))
        return [np.array(theta) for _, theta in sorted(found, key=lambda each: each[0])[:STARTS]]

    def _begins(self, evidence: Evidence, top: int) -> list[float]:
        """Updates at which the warmup may end."""
        if self.hidden:
            return [share * float(evidence.steps[0]) for share in HIDDEN]
        return [float(evidence.steps[top]) if self.rise else 0.0]

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        x = self.named(theta)
        fields: Any = {"use": "torch.CosineAnnealingLR", "T_max": Updates(round(x["period"]))}
        if self.floor:
            fields["eta_min"] = plain(shortest(x["floor"] * x["peak"]))
        if "warmup" in x:
            fields = [{"kind": "warmup", "for": Updates(round(x["warmup"]))}, fields]
        return {"steps": evidence.length, "lr": plain(shortest(x["peak"])), "schedule": fields}


def _peak_and_floor(factors: Floats, evidence: Evidence, floor: bool) -> tuple[float, float]:
    """The peak, and the floor as a share of it, with which factors come next to the points."""
    top, bottom = two_levels(factors, evidence.values, floor)
    return (top, min(max(bottom / top, 0.0), 0.99)) if top > 0 else (evidence.peak, 0.0)


def _wave(x: Floats) -> Floats:
    """A cosine between 1 and 0 at a clock in cycles."""
    return np.asarray(np.square(np.cos(np.pi * x)))


@dataclass(frozen=True, eq=False)
class OneCycle(Form):
    """One rise and one fall to far below its start.

    In torch's, each phase ends an update earlier.
    """

    linear: bool = False
    torch: bool = False
    final: bool = False

    @property
    def name(self) -> str:  # type: ignore[override]
        """The kind, or the framework's scheduler."""
        return "torch.OneCycleLR" if self.torch else "one_cycle"

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for a field."""
        return FIELD * (self.linear + self.torch + self.final)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The peak, the length, the share of it that rises, and the ratios of peak, start and end."""
        return (PEAK, HORIZON, PCT, DIV, *[FINAL] * self.final)

    def values(self, theta: Floats, steps: Floats) -> Floats:
        peak, total, pct, div, final = (*theta.tolist(), USUAL["final_div_factor"])[:5]
        turn, end = pct * total - self.torch, total - self.torch
        if turn <= 0 or end <= turn:
            return np.full_like(steps, np.nan)
        up, down = np.clip(steps / turn, 0, 1), np.clip((steps - turn) / (end - turn), 0, 1)
        if not self.linear:
            up, down = np.square(np.sin(np.pi / 2 * up)), np.square(np.sin(np.pi / 2 * down))
        first, last = 1 / div, 1 / div / final
        return np.asarray(peak * np.where(steps < turn, first + (1 - first) * up, 1 + (last - 1) * down))

    def starts(self, evidence: Evidence) -> list[Floats]:
        steps, values, peak = evidence.steps, evidence.values, evidence.peak
        top = int(np.argmax(values))
        if not 2 < top < len(values) - 2 or values[0] <= 0 or values[0] > 0.9 * peak:
            return []
        found = []
        for total in (float(evidence.last + 1), 1.3 * evidence.last, float(evidence.stated or 2 * evidence.last)):
            last = max(float(values[-1]), 1e-9 * peak)
            theta = [peak, total, steps[top] / total, peak / values[0], max(values[0] / last, 1.0)]
            found.append(np.array(theta[: len(self.parameters)]))
        return found

    def candidates(self, k: int, low: float, high: float, theta: Floats, evidence: Evidence) -> list[float]:
        found = super().candidates(k, low, high, theta, evidence)
        if self.parameters[k] is not PCT or self.torch:
            return found
        turns = simplest(low * theta[1], high * theta[1], float(theta[k] * theta[1]), whole=True)
        turns.append(float(np.rint(theta[k] * theta[1])))
        return [turn / theta[1] for turn in dict.fromkeys([*np.rint(np.array(found) * theta[1]).tolist(), *turns])]

    def _share(self, pct: float, total: float) -> float:
        """The share of the run that rises as it is written: one that ends the rise at the same whole update."""
        if self.torch:
            return pct
        turn = round(pct * total)
        return simplest((turn - 0.5) / total, (turn + 0.499) / total, USUAL["pct_start"])[0]

    def number_price(self, k: int, theta: Floats, evidence: Evidence) -> float:
        name, value = self.parameters[k].name, float(theta[k])
        if name == "horizon":
            return length_price(round(value), evidence)
        if name in USUAL:
            value = self._share(value, theta[1]) if name == "pct_start" else value
            return 0.0 if value == USUAL[name] else FIELD + cost(value)
        return super().number_price(k, theta, evidence)

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        peak, total, pct, div, final = (*theta.tolist(), USUAL["final_div_factor"])[:5]
        length = run_length(round(total), evidence)
        numbers = {"pct_start": self._share(pct, total), "div_factor": div, "final_div_factor": final}
        own = {name: plain(value) for name, value in numbers.items() if value != USUAL[name]}
        if self.torch:
            fields: Spec = {
                "use": "torch.OneCycleLR",
                "max_lr": plain(peak),
                "total_steps": Updates(round(total)),
                **own,
            }
            if self.linear:
                fields["anneal_strategy"] = "linear"
            fields["cycle_momentum"] = False
            return {"steps": length, "schedule": fields}
        fields = {"kind": "one_cycle", **own}
        if self.linear:
            fields["anneal"] = "linear"
        if round(total) != length:
            fields["for"] = Updates(round(total))
        fields["momentum"] = None
        return {"steps": length, "lr": plain(shortest(peak)), "schedule": fields}


@dataclass(frozen=True, eq=False)
class Noam(Form):
    """The original Transformer's schedule."""

    name = "noam"
    price = FIELD
    parameters = (PEAK, WARMUP)

    def values(self, theta: Floats, steps: Floats) -> Floats:
        peak, warmup = theta.tolist()
        return np.asarray(peak * np.minimum((steps + 1) / warmup, np.sqrt(warmup / (steps + 1))))

    def starts(self, evidence: Evidence) -> list[Floats]:
        top = int(np.argmax(evidence.values))
        return [np.array([evidence.peak, float(evidence.steps[top]) + 1])] if evidence.peak > 0 else []

    def candidates(self, k: int, low: float, high: float, theta: Floats, evidence: Evidence) -> list[float]:
        found = super().candidates(k, low, high, theta, evidence)
        return [each for each in (_by_width(theta),) if k == 0 and low <= each <= high] + found

    def number_price(self, k: int, theta: Floats, evidence: Evidence) -> float:
        usual = super().number_price(k, theta, evidence)
        return min(usual, FIELD + cost(_width(theta))) if k == 0 and theta[0] == _by_width(theta) else usual

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        fields: Spec = {"kind": "noam", "warmup": Updates(round(theta[1]))}
        if theta[0] == _by_width(theta) and FIELD + cost(_width(theta)) < cost(theta[0]):
            return {"steps": evidence.length, "schedule": {**fields, "d_model": _width(theta)}}
        return {"steps": evidence.length, "lr": plain(float(theta[0])), "schedule": fields}


def _width(theta: Floats) -> int:
    """The width of the model for which the peak would be what it is."""
    peak, warmup = map(float, theta)
    return max(round(1 / (peak**2 * max(round(warmup), 1))), 1)


def _by_width(theta: Floats) -> float:
    """The peak by the width of the model."""
    return float((_width(theta) * max(round(theta[1]), 1)) ** -0.5)
