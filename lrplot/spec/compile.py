"""A spec's tree to a validated run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from lrplot.curves.roles import Role
from lrplot.diagnostics import Diagnostic, Diagnostics, SpecError
from lrplot.runs.run import Run, Setting
from lrplot.schema.arguments import NO_FRAME, Arguments, Pairs
from lrplot.schema.binder import is_null
from lrplot.schema.fields import fields_of
from lrplot.schema.quantities import Constant
from lrplot.schema.recipe import Recipe
from lrplot.schema.scalars import NULL
from lrplot.spec.document import EDITORS, Document
from lrplot.spec.length import read_timebase
from lrplot.spec.schedules import SpecBinder, of_schedule
from lrplot.spec.tracks import build_tracks
from lrplot.text.tree import Mapping, Node, Scalar, describe

MOST_BUILT = 4_000  # schedules that groups may make of those in a spec: each group builds its own


def compile_run(tree: Node, default_name: str, folder: Path) -> Run:
    """Validate a spec and build its curves; `SpecError` holds every fault.

    `default_name` is the run's name if the spec gives none; paths in the spec are relative to `folder`.
    """
    if not isinstance(tree, Mapping):
        message = f"a spec is a mapping, this is {describe(tree)}"
        raise SpecError(Diagnostic("bad-type", message, tree.span, "start with `steps: 1000`"))
    report = Diagnostics()
    binder = SpecBinder(report, folder, _examples(tree))
    keys = replace(tree, entries=tuple(entry for entry in tree if entry.key.text != EDITORS))
    arguments = binder.arguments("a spec", fields_of(Document), keys, advice=of_schedule, listing="lrplot kinds spec")
    values = arguments.known(NO_FRAME)
    built = binder.schedules * len(values.get("groups") or ())
    if built > MOST_BUILT:
        message = f"the groups make {built:,} schedules of those in the spec, more than {MOST_BUILT:,}"
        report.error("too-large", message, arguments.place("groups"), "give `layer_decay`, or fewer groups")
        report.raise_any()
    timebase = read_timebase(arguments, values, report)
    with np.errstate(all="ignore"):  # an overflow is reported as a value that is not finite, with its step
        tracks = build_tracks(arguments, values, timebase, report) if timebase else {}
    accept = _accepted(arguments, report) if values.get("accept") else {}
    report.raise_any()
    assert timebase is not None
    name, source = values["name"] or default_name, values["source"]
    return Run(name, source, timebase, tracks, _settings(arguments), accept, tree=tree, folder=folder)


def _examples(tree: Mapping) -> dict[Role, str]:
    """Values for missing fields: the run's length in updates, where it is written so, as a scheduler's horizon."""
    steps = tree.get("steps")
    return {Role.HORIZON: steps.text} if isinstance(steps, Scalar) and not is_null(steps) else {}


def _settings(arguments: Arguments) -> dict[str, Setting]:
    """The top-level numbers and words."""
    return {
        name: Setting(argument.quantity.value, argument.span)
        for name, argument in arguments.given.items()
        if isinstance(argument.quantity, Constant) and not isinstance(argument.quantity.value, Recipe | dict)
    }


def _accepted(arguments: Arguments, report: Diagnostics) -> dict[str, Setting]:
    """The findings that a spec accepts: each with its reason and the place of its code."""
    quantity = arguments.given["accept"].quantity
    settings = {}
    for code, reason in quantity.pairs if isinstance(quantity, Pairs) else ():
        name, text = code.resolve(NO_FRAME), reason.resolve(NO_FRAME)
        if text.strip() in NULL:
            report.error("missing-value", f"`{name}` is accepted without a reason", code.span, "say why it is intended")
        settings[name] = Setting(text, code.span)
    return settings
