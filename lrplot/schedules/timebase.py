"""The run's length, and what an epoch, a sample and a token are in updates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lrplot.diagnostics import Fault
from lrplot.frozen import frozen
from lrplot.schedules.numbers import nearest, plain

UNITS = ("steps", "epochs", "samples", "tokens")
MOST_STEPS = 2**53  # beyond this float64 cannot tell two neighbouring steps apart

_CURES = {
    "epochs": "give `steps_per_epoch`, or `dataset_size` with `batch_size`",
    "samples": "give `batch_size`, or `per_device_batch_size` with `devices` and `accumulate`",
    "tokens": "give `tokens_per_step`, or `sequence_length` with `batch_size`",
}


def whole_steps(amount: Fraction) -> int:
    """The nearest whole number of updates, or a `Fault` beyond 2^53."""
    steps = nearest(amount)
    if steps > MOST_STEPS:
        raise Fault(f"{plain(steps)} steps is more than 2^53, the most that can be told apart", code="too-large")
    return steps


@frozen
class Rates:
    """How much of each unit one update consumes; None where it was not said.

    `steps_per_epoch` is in updates, `samples_per_step` and `tokens_per_step` are per
    update. `derivation` tells, a line a conversion, how they were worked out.
    """

    steps_per_epoch: Fraction | None = None
    samples_per_step: Fraction | None = None
    tokens_per_step: Fraction | None = None
    derivation: tuple[str, ...] = ()

    def per_step(self, unit: str) -> Fraction:
        """How many of `unit` one update is worth; a `Fault` names the missing key."""
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

    def knows(self, unit: str) -> bool:
        """Whether `unit` can be converted."""
        try:
            self.per_step(unit)
        except Fault:
            return False
        return True

    def to_steps(self, amount: Fraction, unit: str) -> int:
        """Whole updates nearest to an amount of `unit`."""
        return whole_steps(amount if unit == "steps" else amount / self.per_step(unit))


@frozen
class Timebase:
    """A run of `steps` updates (0 … steps − 1), its length given as `amount` of `unit`."""

    steps: int
    unit: str
    amount: Fraction
    rates: Rates

    def epoch(self) -> int:
        """Whole updates in an epoch."""
        return max(1, nearest(1 / self.rates.per_step("epochs")))

    def span(self, amount: Fraction, unit: str) -> int:
        """Whole updates in a duration; `unit` may also be `%`, of the run."""
        if unit == "%":
            return whole_steps(amount * self.steps / 100)
        return self.rates.to_steps(amount, unit)


def derive(given: dict[str, Fraction], drop_last: bool, conflict: Callable[[str, str], None]) -> Rates:
    """Work the conversions out of the keys a spec gives.

    `given` maps key to value; `conflict(key, message)` is told of a key that says what
    another one already says differently.
    """
    lines: list[str] = []
    samples = _samples_per_step(given, lines, conflict)
    tokens = _tokens_per_step(given, samples, lines, conflict)
    epoch = _steps_per_epoch(given, samples, drop_last, lines, conflict)
    return Rates(epoch, samples, tokens, tuple(lines))


def _samples_per_step(
    given: dict[str, Fraction], lines: list[str], conflict: Callable[[str, str], None]
) -> Fraction | None:
    parts = [key for key in ("per_device_batch_size", "devices", "accumulate") if key in given]
    if "batch_size" in given:
        for key in parts:
            conflict(key, "`batch_size` is the whole batch of one update already")
        return given["batch_size"]
    if "per_device_batch_size" not in given:
        for key in parts:
            conflict(key, f"`{key}` says nothing without `per_device_batch_size`")
        return None
    each, devices, accumulate = (
        given.get(key, Fraction(1)) for key in ("per_device_batch_size", "devices", "accumulate")
    )
    whole = each * devices * accumulate
    said = [f"{plain(each)} a device"]
    said += [
        f"{plain(given[key])} {word}"
        for key, word in (("devices", "devices"), ("accumulate", "accumulated"))
        if key in given
    ]
    if len(said) > 1:
        lines.append(f"{' × '.join(said)} = {plain(whole)} samples an update")
    return whole


def _tokens_per_step(
    given: dict[str, Fraction], samples: Fraction | None, lines: list[str], conflict: Callable[[str, str], None]
) -> Fraction | None:
    length = given.get("sequence_length")
    tokens = given.get("tokens_per_step")
    if length is None or samples is None:
        return tokens
    derived = length * samples
    if tokens is not None and tokens != derived:
        conflict("tokens_per_step", f"`sequence_length` × the batch is {plain(derived)} tokens an update")
    lines.append(f"{plain(length)} tokens a sample × {plain(samples)} samples = {plain(derived)} tokens an update")
    return derived


def _steps_per_epoch(
    given: dict[str, Fraction],
    samples: Fraction | None,
    drop_last: bool,
    lines: list[str],
    conflict: Callable[[str, str], None],
) -> Fraction | None:
    said = given.get("steps_per_epoch")
    size = given.get("dataset_size")
    if size is None or samples is None:
        return said
    derived = Fraction(size // samples if drop_last else -(-size // samples))
    if derived == 0:
        conflict("dataset_size", f"fewer samples than one batch of {plain(samples)}, and `drop_last` drops it")
        return said
    if said is not None and said != derived:
        conflict("steps_per_epoch", f"`dataset_size` ÷ the batch is {plain(derived)} updates an epoch")
    rest = f" ({'last one dropped' if drop_last else 'last one partial'})" if size % samples else ""
    lines.append(f"{plain(size)} samples ÷ {plain(samples)} = {plain(derived)} updates an epoch{rest}")
    return derived
