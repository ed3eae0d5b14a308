"""Schedulers whose values in float32, which training uses, differ from those in float64."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey


@rule("note")
def differs_in_float32(survey: Survey) -> Iterator[Finding]:
    """The framework computes the schedule in float32, where its values may differ visibly from those shown.

    Why: lrplot's values are those of float64. Keras and JAX compute in float32 unless told otherwise, which usually
        changes the seventh digit; but a power of a number just below 0 is NaN, and so are the parameters then, and a
        number that is rounded down may be one too small.
    Cure: choose arguments that are not affected (a whole power, cycles that double), or compare with the values that
        the framework itself gives.
    Source: lrplot's own measurements, with optax and keras at 60 to 150 horizons each
    """
    for each in survey.schedulers:
        if each.start < survey.steps and (caveat := each.origin.float32):
            message = f"in float32, which is what `{each.origin.framework}` trains with, {caveat}"
            yield Finding(message, each.place(), "choose other arguments, or look at the framework's own values")
