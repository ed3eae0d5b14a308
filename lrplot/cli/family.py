"""Runs from the options of a command: specs, settings, sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.diagnostics import Diagnostic, SpecError

if TYPE_CHECKING:
    from lrplot.runs.run import Run

SweepOption = Annotated[
    list[str] | None,
    typer.Option("--sweep", metavar="KEY=VALUE,...", help="Use a variant for each value; several sweeps are combined."),
]


def files_in(places: Sequence[str]) -> list[str]:
    """The specs at some places; those of a folder are the files in it."""
    from lrplot.spec.source import spec_files

    return [file for place in places for file in spec_files(place)]


def load_runs(
    specs: Sequence[str],
    settings: Sequence[str] | None,
    sweeps: Sequence[str] | None,
    program: str = "",
    *,
    nominal: bool = False,
) -> list[Run]:
    """The runs of all specs in all variants of the sweeps, named by what varies.

    `program` is what `--as` names: the format of training configs. If `nominal`, a config may leave its length open.

    `SpecError` has the faults of all of them, each once.
    """
    from lrplot.api import load, load_nominal
    from lrplot.spec.sweep import placed, variants

    runs = []
    faults: dict[Diagnostic, None] = {}
    for spec in specs:
        for variant in variants(sweeps or ()):
            try:
                run = (load_nominal if nominal else load)(spec, [*(settings or ()), *variant.settings], program).run
            except SpecError as error:
                faults.update(dict.fromkeys(placed(each, sweeps or ()) for each in error.diagnostics))
                continue
            name = variant.name if len(specs) == 1 else f"{run.name} {variant.name}"
            runs.append(replace(run, name=name) if variant.name else run)
    if faults:
        raise SpecError(*faults)
    return runs
