"""The run's length and conversions, out of a spec's top-level keys."""

from __future__ import annotations

from fractions import Fraction

from lrplot.diagnostics import Diagnostics, Fault
from lrplot.runs.conversions import derive
from lrplot.runs.numbers import exact
from lrplot.runs.timebase import Rates, Timebase
from lrplot.schema.arguments import NO_FRAME, Arguments
from lrplot.spec.document import CONVERSIONS, LENGTHS


def read_timebase(arguments: Arguments, report: Diagnostics) -> Timebase | None:
    """The timebase a spec describes, or None once what is wrong with it is reported."""
    given = _amounts(arguments, (*LENGTHS, *CONVERSIONS))
    drop_last = _flag(arguments)
    rates = derive(
        {key: value for key, value in given.items() if key in CONVERSIONS},
        drop_last,
        lambda key, message: report.error("conflict", message, arguments.place(key), f"remove `{key}`, or the other"),
    )
    length = _length(arguments, given, report)
    return None if length is None else _timebase(*length, rates, arguments, report)


def _amounts(arguments: Arguments, keys: tuple[str, ...]) -> dict[str, Fraction]:
    amounts = {}
    for key in keys:
        try:
            value = arguments.resolve(NO_FRAME, key)[key]
        except Fault:
            continue  # reported when it was read
        if value is not None:
            amounts[key] = exact(value) if isinstance(value, float) else Fraction(value)
    return amounts


def _flag(arguments: Arguments) -> bool:
    try:
        return bool(arguments.resolve(NO_FRAME, "drop_last")["drop_last"])
    except Fault:
        return False


def _length(arguments: Arguments, given: dict[str, Fraction], report: Diagnostics) -> tuple[Fraction, str] | None:
    said = [key for key in LENGTHS if key in arguments.given]
    if not said:
        report.error(
            "missing-field",
            "the run has no length",
            arguments.span,
            "add one of `steps`, `epochs`, `samples`, `tokens`",
        )
    for key in said[1:]:
        report.error(
            "conflict", f"the run's length is given twice, by `{said[0]}` and `{key}`", arguments.place(key), "keep one"
        )
    return (given[said[0]], said[0]) if len(said) == 1 and said[0] in given else None


def _timebase(amount: Fraction, unit: str, rates: Rates, arguments: Arguments, report: Diagnostics) -> Timebase | None:
    if unit == "epochs" and not rates.knows("epochs") and "dataset_size" not in arguments.given:
        # With nothing said of an epoch, one step is one epoch.
        rates = Rates(Fraction(1), rates.samples_per_step, rates.tokens_per_step, rates.derivation)
    try:
        steps = rates.to_steps(amount, unit)
        if steps < 1:
            raise Fault("the run is shorter than one update")
    except Fault as fault:
        report.fault(fault, arguments.place(unit))
        return None
    return Timebase(steps, unit, amount, rates)
