"""Simulated runs: schedules by their formulas, loggers by their conventions, and faults of a run.

Nothing here is computed by lrplot. A rate is a function of the updates made so far, the length of the run, the warmup
and the peak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrplot.runs.log import Log, Points, Values

Rate = Callable[[Any, int, int, float], Any]


def warmed(s, warmup, peak, after):
    """A straight warmup from 0, then another rate."""
    with np.errstate(all="ignore"):
        return np.where(s < warmup, peak * s / max(warmup, 1), after)


def linear(s, total, warmup, peak):
    return warmed(s, warmup, peak, peak * np.maximum(total - s, 0) / max(total - warmup, 1))


def cosine(s, total, warmup, peak):
    u = np.minimum((s - warmup) / max(total - warmup, 1), 1)
    return warmed(s, warmup, peak, peak * 0.5 * (1 + np.cos(np.pi * u)))


def cosine_forever(s, total, warmup, peak):
    """The cosine of Hugging Face, which climbs again after the end."""
    u = (s - warmup) / max(total - warmup, 1)
    return warmed(s, warmup, peak, peak * np.maximum(0.5 * (1 + np.cos(np.pi * u)), 0))


def cosine_to_tenth(s, total, warmup, peak):
    u = np.minimum((s - warmup) / max(total - warmup, 1), 1)
    return warmed(s, warmup, peak, peak * (0.1 + 0.9 * 0.5 * (1 + np.cos(np.pi * u))))


def square(s, total, warmup, peak):
    u = np.minimum((s - warmup) / max(total - warmup, 1), 1)
    return warmed(s, warmup, peak, peak * (1 - u) ** 2)


def stable(s, total, warmup, peak):
    """A warmup, then the peak, then a straight line to 0 over the last fifth."""
    fall = int(total / 5 + 0.5)
    return warmed(s, warmup, peak, peak * np.clip((total - s) / fall, 0, 1))


def root(s, total, warmup, peak):
    """An inverse square root after the warmup: it has no horizon."""
    scale = max(warmup, 1)
    return warmed(s, warmup, peak, peak * np.sqrt(scale / np.maximum(s - warmup + scale, 1)))


def stairs(s, total, warmup, peak):
    """A tenth at half of the run and another tenth at three quarters."""
    half, later = int(total / 2 + 0.5), int(total * 3 / 4 + 0.5)
    return peak * 0.1 ** ((s >= half).astype(int) + (s >= later))


def torch_cosine(s, total, warmup, peak):
    """CosineAnnealingLR without a floor, in its closed form."""
    return peak * 0.5 * (1 + np.cos(np.pi * s / total))


def torch_line(s, total, warmup, peak):
    """LinearLR from 1 to 0.1."""
    return peak * (1 - 0.9 * np.minimum(s / total, 1))


@dataclass(frozen=True)
class Kind:
    """A schedule: its formula, its spec, and which faults it can show."""

    rate: Rate
    spec: Callable[[int, int, float], dict[str, Any]]
    warms: bool = True  # it has a warmup
    ends: bool = True  # it has a horizon
    climbs: bool = False  # it climbs again after its end


def _native(schedule):
    return lambda total, warmup, peak: {"steps": total, "lr": peak, "schedule": schedule(total, warmup)}


def _trainer(name):
    return lambda total, warmup, peak: {
        "max_steps": total,
        "learning_rate": peak,
        "lr_scheduler_type": name,
        "warmup_steps": warmup,
    }


KINDS = {
    "linear": Kind(linear, _native(lambda total, warmup: {"kind": "linear", "warmup": warmup})),
    "cosine": Kind(cosine, _native(lambda total, warmup: {"kind": "cosine", "warmup": warmup})),
    "cosine to a tenth": Kind(
        cosine_to_tenth, _native(lambda total, warmup: {"kind": "cosine", "warmup": {"for": warmup}, "to": "10%"})
    ),
    "square": Kind(square, _native(lambda total, warmup: {"kind": "polynomial", "power": 2, "warmup": warmup})),
    "phases": Kind(
        cosine,
        _native(lambda total, warmup: [{"kind": "warmup", "for": warmup}, {"kind": "cosine", "for": total - warmup}]),
    ),
    "stable": Kind(stable, _native(lambda total, warmup: {"kind": "wsd", "warmup": warmup, "cooldown": "20%"})),
    "root": Kind(
        root,
        _native(lambda total, warmup: {"kind": "inverse_sqrt", "timescale": warmup, "warmup": warmup}),
        warms=False,
        ends=False,
    ),
    "stairs": Kind(
        stairs,
        _native(lambda total, warmup: {"kind": "multistep", "milestones": ["50%", "75%"]}),
        warms=False,
    ),
    "trainer, linear": Kind(linear, _trainer("linear")),
    "trainer, cosine": Kind(cosine_forever, _trainer("cosine"), climbs=True),
    "torch cosine": Kind(
        torch_cosine,
        _native(lambda total, warmup: {"use": "torch.CosineAnnealingLR", "T_max": total}),
        warms=False,
        climbs=True,
    ),
    "torch line": Kind(
        torch_line,
        _native(
            lambda total, warmup: {
                "use": "torch.LinearLR",
                "start_factor": 1.0,
                "end_factor": 0.1,
                "total_iters": total,
            }
        ),
        warms=False,
    ),
    "transformers function": Kind(
        cosine_forever,
        _native(
            lambda total, warmup: {
                "use": "transformers.get_cosine_schedule_with_warmup",
                "num_warmup_steps": warmup,
                "num_training_steps": total,
            }
        ),
        climbs=True,
    ),
}

SHOWN = {"next": 0, "used": -1, "after": 1}


def printed(values, digits):
    """Values as a logger prints them, and half a unit of their last digit.

    `digits` is `full`, `float32`, a number of significant digits, or a negative number of decimals.
    """
    values = np.asarray(values, dtype=np.float64)
    if digits == "full":
        return values, np.zeros_like(values)
    if digits == "float32":
        return values.astype(np.float32).astype(np.float64), np.zeros_like(values)
    if digits < 0:
        return np.array([float(f"{each:.{-digits}f}") for each in values]), np.full(values.shape, 0.5 * 10.0**digits)
    texts = [f"{each:.{digits - 1}e}" for each in values]
    slack = [0.5 * 10.0 ** (int(text.partition("e")[2]) - digits + 1) if float(text) else 0.0 for text in texts]
    return np.array([float(text) for text in texts]), np.array(slack)


def log_of(steps, values, digits="full", unit="updates", name="run", stated=None):
    """A log of one run, a row a line after a header."""
    steps = np.asarray(steps, dtype=np.int64)
    shown, slack = printed(values, digits)
    points = Points(steps, np.arange(len(steps), dtype=np.int64) + 2, {"lr": Values(shown, slack)})
    return Log(name, f"{name}.csv", "csv", "CSV", unit, (points,), stated or {})


def logged(rate, steps, shown="next", digits="full"):
    """The log of a run whose update s uses rate(s), by a convention."""
    steps = np.asarray(steps, dtype=np.int64)
    return log_of(steps, rate(np.maximum(steps + SHOWN[shown], 0)), digits)


def skipping(rate, steps, skips, digits="full"):
    """The log of a run in which fp16 skips the updates `skips`: neither the optimizer nor the scheduler is stepped."""
    done = np.arange(max(steps) + 1) - np.searchsorted(np.sort(skips), np.arange(max(steps) + 1), side="left")
    return log_of(steps, rate(done[np.asarray(steps)]), digits)


def smoothed(rate, steps, width, summary, digits="full"):
    """The log of a run with a summary of the last `width` updates, the one of the logged step included."""
    windows = [rate(np.arange(max(step - width + 1, 0), step + 1)) for step in steps]
    return log_of(steps, [SUMMARIES[summary](each) for each in windows], digits)


def by_epoch(rate, epochs, length, summary, first=0, digits="full"):
    """The log of a run with a row for each epoch, counted from `first`, of `length` updates."""
    parts = [rate(np.arange(epoch * length, (epoch + 1) * length)) for epoch in range(epochs)]
    return log_of(np.arange(epochs) + first, [SUMMARIES[summary](each) for each in parts], digits, "epochs")


SUMMARIES = {
    "mean": np.mean,
    "median": np.median,
    "lower median": lambda values: np.sort(values)[(len(values) - 1) // 2],
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}
