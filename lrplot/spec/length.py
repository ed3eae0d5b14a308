"""The run's length and conversions, from a spec's top-level keys."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from lrplot.diagnostics import Diagnostics, Fault
from lrplot.runs.conversions import derive
from lrplot.runs.numbers import exact
from lrplot.runs.timebase import Rates, Timebase, whole_steps
from lrplot.schema.arguments import Arguments
from lrplot.schema.recipe import Recipe
from lrplot.spec.document import CONVERSIONS, LENGTHS


def read_timebase(arguments: Arguments, values: Mapping[str, Any], report: Diagnostics) -> Timebase | None:
    """The timebase of a spec, or None once its faults are reported.

    `values` are those of the arguments, without faulty ones.
    """
    numbers = {key: number for key in (*LENGTHS, *CONVERSIONS) if (number := values.get(key)) is not None}
    amounts = {key: exact(number) if isinstance(number, float) else Fraction(number) for key, number in numbers.items()}
    rates = derive(
        {key: amount for key, amount in amounts.items() if key in CONVERSIONS},
        bool(values.get("drop_last")),
        lambda key, message, help: report.error("conflict", message, arguments.place(key), help),
    )
    lengths = [key for key in LENGTHS if key in arguments.given]
    if not lengths:
        help = "add one of `steps`, `epochs`, `samples`, `tokens`"
        report.error("missing-field", "the run has no length", arguments.span, help)
    valid = [key for key in lengths if key in amounts]
    for key in valid[1:]:
        message = f"the run's length is given twice, by `{valid[0]}` and `{key}`"
        report.error("conflict", message, arguments.place(key), "keep one")
    if len(lengths) != 1 or lengths[0] not in amounts:
        return None
    schedule: Recipe | None = values.get("schedule")
    rounds_up = schedule is not None and schedule.definition.rounds_up
    return _timebase(amounts[lengths[0]], lengths[0], rates, rounds_up, arguments, report)


def _timebase(
    amount: Fraction, unit: str, rates: Rates, rounds_up: bool, arguments: Arguments, report: Diagnostics
) -> Timebase | None:
    if unit == "epochs" and not rates.has("epochs") and "dataset_size" not in arguments.given:
        # The length of an epoch is not known: one step is one epoch.
        rates = Rates(Fraction(1), rates.samples_per_step, rates.tokens_per_step, rates.derivation)
    try:
        if unit == "epochs" and rounds_up:  # in floats, as that program does
            steps = whole_steps(Fraction(ceil(float(amount) * float(1 / rates.per_step(unit)))))
        else:
            steps = rates.to_steps(amount, unit)
        if steps < 1:
            raise Fault("the run is shorter than one update")
    except Fault as fault:
        size = arguments.given.get("dataset_size")
        if unit == "epochs" and size and fault.code == "missing-conversion":
            fault.help = "`dataset_size` is there: add `batch_size`, or `per_device_batch_size`"
        report.fault(fault, arguments.place(unit))
        return None
    return Timebase(steps, unit, amount, rates)
