"""How many epochs, samples and tokens an update is worth."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lrplot.runs.numbers import plain
from lrplot.runs.timebase import Rates


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
