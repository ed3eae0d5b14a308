"""Runs from the options of a command: specs, settings, sweeps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
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
    """The specs at some places; those of a folder are the files in it, or the folder of a run that has but a log."""
    from lrplot.spec.source import spec_files

    files = []
    for place in places:
        try:
            files += spec_files(place)
        except SpecError:
            from lrplot.logs.shared.reading import log_in  # which no spec needs

            if log_in(place) is None:
                raise
            files.append(place)
    return files


def load_runs(
    specs: Sequence[str],
    settings: Sequence[str] | None,
    sweeps: Sequence[str] | None,
    program: str = "",
    *,
    nominal: bool = False,
    columns: str | None = None,
) -> list[Run]:
    """The runs of all specs in all variants of the sweeps, named by what varies, and those of logs.

    `program` is what `--as` names: the format of training configs and logs, and `columns` those of a log. If
    `nominal`, a config may leave its length open.

    `SpecError` has the faults of all of them, each once.
    """
    from lrplot.api import load, load_nominal
    from lrplot.spec.sweep import placed, variants

    runs: list[Run] = []
    faults: dict[Diagnostic, None] = {}
    for spec in specs:
        for variant in variants(sweeps or ()):
            try:
                run = (load_nominal if nominal else load)(spec, [*(settings or ()), *variant.settings], program).run
            except SpecError as error:
                try:
                    logged, found = _logged(spec, columns, program), error.diagnostics
                except SpecError as unreadable:
                    logged, found = [], unreadable.diagnostics
                if logged:
                    runs += logged
                    break
                faults.update(dict.fromkeys(placed(each, sweeps or ()) for each in found))
                continue
            name = variant.name if len(specs) == 1 else f"{run.name} {variant.name}"
            runs.append(replace(run, name=name) if variant.name else run)
    if faults:
        raise SpecError(*faults)
    return runs


def _logged(place: str, columns: str | None, program: str) -> list[Run]:
    """The runs in a log, or in that of a folder; none if a place holds no log. `SpecError` if it cannot be read."""
    if not os.path.exists(place):
        return []
    from lrplot.logs import LOGS  # which no spec needs
    from lrplot.logs.shared.reading import log_in, read_log
    from lrplot.runs.logged import runs_of

    if os.path.isdir(place):
        known = log_in(place) is not None
    else:
        known = columns is not None or program in LOGS or holds_log(place) or _is_no_spec(place)
    return runs_of(read_log(place, columns, program if program in LOGS else "")) if known else []


def holds_log(place: str) -> bool:
    """Whether a file is a log; never if its name is that of a spec or of a config in a language of its own."""
    from lrplot.logs.shared.reading import is_log
    from lrplot.spec.source import CONFIGS, SPECS

    suffix = Path(place).suffix.lower()
    return (suffix == ".json" or suffix not in (*SPECS, *CONFIGS)) and os.path.isfile(place) and is_log(place)


def _is_no_spec(place: str) -> bool:
    """Whether a file has the name of neither a spec nor a config."""
    from lrplot.spec.source import CONFIGS, SPECS

    return Path(place).suffix.lower() not in ("", *SPECS, *CONFIGS)
