"""A spec, and everything the rules find in it."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np

from lrplot.analysis.checks import (  # noqa: F401 - they register themselves
    acceptance,
    clock,
    decay,
    ends,
    handover,
    levels,
    loading,
    restarts,
    rounding,
    staircases,
    start,
    warmups,
)
from lrplot.analysis.checks.rule import RULES, rules_of
from lrplot.analysis.checks.subject import Subject
from lrplot.diagnostics import Diagnostic, NotFinite, SpecError
from lrplot.schedule import load
from lrplot.schedules.run import Run

__all__ = ["RULES", "findings", "inspect"]


def inspect(spec: str | os.PathLike[str], overrides: Iterable[str] = ()) -> list[Diagnostic]:
    """What is wrong with a spec, as warnings in the order of its text; `SpecError` for one that cannot be used."""
    try:
        run = load(spec, overrides).run
    except SpecError as error:
        found = [finding for rule in rules_of("load") for finding in rule.findings(error.diagnostics)]
        if len(found) < len(error.diagnostics):
            raise
        return found
    try:
        with np.errstate(all="ignore"):  # a limit that is not finite says nothing, and is no finding
            return findings(run)
    except NotFinite as error:
        # A run too long to be looked at whole when it is loaded.
        message = f"`lr` is not finite at step {error.step:,}: {error.value}"
        raise SpecError(Diagnostic("not-finite", message, run.tracks["lr"].span)) from None


def findings(run: Run) -> list[Diagnostic]:
    """What is wrong with a run, without what its spec accepts."""
    subject = Subject(run)
    found = [finding for rule in rules_of("run") for finding in rule.findings(subject)]
    codes = {finding.code for finding in found}
    about = [finding for rule in rules_of("accept") for finding in rule.findings(subject, codes)]
    return sorted([each for each in (*found, *about) if each.code not in run.accept], key=_place)


def _place(finding: Diagnostic) -> tuple[int, int]:
    span = finding.span
    return (span.line, span.column) if span and span.line is not None else (-1, -1)
