"""The run's length in updates."""

from __future__ import annotations

from fractions import Fraction

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.runs.numbers import nearest, plain

UNITS = ("steps", "epochs", "samples", "tokens")
MOST_STEPS = 2**53  # float64 has every whole number up to here

_CURES = {
    "epochs": "give `steps_per_epoch`, or `dataset_size` with `batch_size`",
    "samples": "give `batch_size`, or `per_device_batch_size` with `devices` and `accumulate`",
    "tokens": "give `tokens_per_step`, or `sequence_length` with `batch_size`",
}


def whole_steps(amount: Fraction) -> int:
    """The nearest whole number of updates, or a `Fault` beyond 2^53."""
    steps = nearest(amount)
    if steps > MOST_STEPS:
        raise Fault(f"{plain(steps)} steps is more than 2^53, the largest number of steps", code="too-large")
    return steps


@dataclass(frozen=True)
class Rates:
    """The epochs, samples and tokens of one update; None if not known.

    `steps_per_epoch` is in updates; `samples_per_step` and `tokens_per_step` are per update.
    `derivation` has one line for each conversion that follows from others.
    """

    steps_per_epoch: Fraction | None = None
    samples_per_step: Fraction | None = None
    tokens_per_step: Fraction | None = None
    derivation: tuple[str, ...] = ()

    def per_step(self, unit: str) -> Fraction:
        """The amount of `unit` in one update, or a `Fault` that names the missing key."""
        known = {
            "steps": Fraction(1),
            "epochs": 1 / self.steps_per_epoch if self.steps_per_epoch else None,
            "samples": self.samples_per_step,
            "tokens": self.tokens_per_step,
        }
        rate = known[unit]
        if rate is None:
            missing = _CURES[unit].split("`")[1]
            raise Fault(
                f"cannot turn {unit} into steps: `{missing}` is missing", help=_CURES[unit], code="missing-conversion"
            )
        return rate

    def has(self, unit: str) -> bool:
        """Whether `unit` can be converted."""
        try:
            self.per_step(unit)
        except Fault:
            return False
        return True

    def to_steps(self, amount: Fraction, unit: str) -> int:
        """The nearest whole number of updates to an amount of `unit`."""
        return whole_steps(amount if unit == "steps" else amount / self.per_step(unit))


@dataclass(frozen=True)
class Timebase:
    """A run of `steps` updates (0 … steps − 1), whose length is given as `amount` of `unit`.

    If the length is not known, the run is 1 `fraction` long, and `steps` is a nominal number.
    """

    steps: int
    unit: str
    amount: Fraction
    rates: Rates

    @property
    def is_nominal(self) -> bool:
        """Whether the length is not known."""
        return self.unit == "fraction"

    def place(self, step: int) -> str:
        """A step as text: its number, or its place in a run of unknown length in percent."""
        return f"{round(100 * step / self.steps, 2):g}%" if self.is_nominal else f"{step:,}"

    def epoch(self) -> int:
        """Whole updates per epoch."""
        return max(1, nearest(1 / self.rates.per_step("epochs")))

    def to_steps(self, amount: Fraction, unit: str) -> int:
        """Whole updates in a duration; `unit` may also be `%`, of the run."""
        if unit == "%":
            return whole_steps(amount * self.steps / 100)
        return self.rates.to_steps(amount, unit)
