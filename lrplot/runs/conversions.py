"""The epochs, samples and tokens of one update, from the keys of a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from lrplot.runs.numbers import plain
from lrplot.runs.timebase import Rates

Conflict = Callable[[str, str, str], None]
PARTS = ("per_device_batch_size", "devices", "accumulate")


def derive(given: Mapping[str, Fraction], drop_last: bool, conflict: Conflict) -> Rates:
    """The conversions that follow from the keys of a spec.

    `given` maps key to value. `conflict(key, message, help)` is called for a key that contradicts
    another one, or has no effect beside it.
    """
    lines: list[str] = []
    samples = _samples_per_step(given, lines, conflict)
    tokens = _tokens_per_step(given, samples, lines, conflict)
    epoch = _steps_per_epoch(given, samples, drop_last, lines, conflict)
    return Rates(epoch, samples, tokens, tuple(lines))


def _samples_per_step(given: Mapping[str, Fraction], lines: list[str], conflict: Conflict) -> Fraction | None:
    parts = [key for key in PARTS if key in given]
    if "batch_size" in given:
        for key in parts:
            message = f"`{key}` cannot be combined with `batch_size`, the whole batch of one update"
            conflict(key, message, f"remove `{key}`, or give `per_device_batch_size` instead of `batch_size`")
        return given["batch_size"]
    if "per_device_batch_size" not in given:
        for key in parts:
            message = f"`{key}` has no effect without `per_device_batch_size`"
            conflict(key, message, "add `per_device_batch_size: 32`")
        return None
    device, devices, accumulate = (given.get(key, Fraction(1)) for key in PARTS)
    whole = device * devices * accumulate
    factors = [f"{plain(device)} per device"]
    factors += [f"{plain(devices)} devices"] if "devices" in given else []
    factors += [f"{plain(accumulate)} accumulated"] if "accumulate" in given else []
    if len(factors) > 1:
        lines.append(f"{' × '.join(factors)} = {plain(whole)} samples per update")
    return whole


def _tokens_per_step(
    given: Mapping[str, Fraction], samples: Fraction | None, lines: list[str], conflict: Conflict
) -> Fraction | None:
    length = given.get("sequence_length")
    tokens = given.get("tokens_per_step")
    if length is None or samples is None:
        return tokens
    derived = length * samples
    if tokens is not None and tokens != derived:
        message = f"`tokens_per_step` is {plain(tokens)}, but `sequence_length` times the batch is {plain(derived)}"
        conflict("tokens_per_step", message, "remove `tokens_per_step`, or correct `sequence_length`")
    lines.append(f"{plain(length)} tokens per sample × {plain(samples)} samples = {plain(derived)} tokens per update")
    return derived


def _steps_per_epoch(
    given: Mapping[str, Fraction], samples: Fraction | None, drop_last: bool, lines: list[str], conflict: Conflict
) -> Fraction | None:
    steps = given.get("steps_per_epoch")
    size = given.get("dataset_size")
    if size is None or samples is None:
        return steps
    accumulate = given.get("accumulate", Fraction(1)) if drop_last else Fraction(1)
    batch = samples / accumulate  # of all devices; what is left after a partial one is dropped is accumulated
    batches = Fraction(size // batch if drop_last else -(-size // batch))
    derived = Fraction(-(-batches // accumulate))
    if derived == 0:
        message = f"`dataset_size` is less than one batch of {plain(batch)}, and `drop_last` drops it"
        conflict("dataset_size", message, "remove `drop_last`, or make the batch smaller")
        return steps
    if steps is not None and steps != derived:
        message = f"`steps_per_epoch` is {plain(steps)}, but `dataset_size` divided by the batch is {plain(derived)}"
        conflict("steps_per_epoch", message, "remove `steps_per_epoch`, or correct `dataset_size`")
    rest = f" ({'last one dropped' if drop_last else 'last one partial'})" if size % batch else ""
    unit = "updates per epoch" if accumulate == 1 else "batches per epoch"
    lines.append(f"{plain(size)} samples ÷ {plain(batch)} = {plain(batches)} {unit}{rest}")
    if accumulate > 1:
        rest = " (last one partial)" if batches % accumulate else ""
        lines.append(f"{plain(batches)} batches ÷ {plain(accumulate)} = {plain(derived)} updates per epoch{rest}")
    return derived
