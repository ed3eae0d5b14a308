"""Runs from the options of a command: specs, settings, sweeps."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.options import bad_option
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
            from lrplot.spec.logs import log_in  # which no spec needs

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

    _refuse_for_logs(specs, {"--set": settings, "--sweep": sweeps}, columns, program)
    runs: list[Run] = []
    faults: dict[Diagnostic, None] = {}
    for spec in specs:
        for variant in variants(sweeps or ()):
            try:
                if holds_log(spec, columns, program):
                    runs += _logged(spec, columns, program)
                    break
                run = (load_nominal if nominal else load)(spec, [*(settings or ()), *variant.settings], program).run
            except SpecError as error:
                faults.update(dict.fromkeys(placed(each, sweeps or ()) for each in error.diagnostics))
                continue
            name = variant.name if len(specs) == 1 else f"{run.name} {variant.name}"
            runs.append(replace(run, name=name) if variant.name else run)
    if faults:
        raise SpecError(*faults)
    return runs


def _refuse_for_logs(
    specs: Sequence[str], changes: Mapping[str, Sequence[str] | None], columns: str | None, program: str
) -> None:
    """Refuse options that change specs if there are but logs."""
    for option, given in changes.items():
        if given and specs and all(holds_log(spec, columns, program) for spec in specs):
            help = f"leave out `{option}`, or name a spec beside the log"
            raise bad_option(option, f"`{option}` changes a spec, and a log has its values already", help)


def holds_log(place: str, columns: str | None = None, program: str = "") -> bool:
    """Whether a place is a log, or the folder of a run that has one and no spec or config.

    Standard input, and any other file but YAML, TOML and scripts, is one if its `columns` or the format of a log are
    named. Standard input is none if the format of a config is.
    """
    from lrplot.spec.logs import is_log, log_in, may_be_log

    if os.path.isdir(place):
        from lrplot.spec.folder import specs_in  # which few commands need

        return not specs_in(Path(place), deep=False) and log_in(place) is not None
    named = columns is not None or (bool(program) and _is_format_of_logs(program))
    return (named and may_be_log(place)) or (not (place == "-" and program) and is_log(place))


def log_refusal(place: str) -> tuple[Diagnostic, ...]:
    """The error for a log that stands in the place of a spec; none if it is no log."""
    if not holds_log(place):
        return ()
    help = (
        f"compare it with its spec by `lrplot check SPEC --log {place}`, or find its schedule by `lrplot infer {place}`"
    )
    return (Diagnostic("unknown-format", f"`{place}` is a log, which plans nothing", None, help),)


def refuse_log(place: str) -> None:
    """Refuse a log in the place of a spec."""
    if refusal := log_refusal(place):
        raise SpecError(*refusal)


def _is_format_of_logs(program: str) -> bool:
    from lrplot.logs import LOGS  # which no spec needs
    from lrplot.trainers import TRAINERS

    return program in LOGS and program not in TRAINERS


def _logged(place: str, columns: str | None, program: str) -> list[Run]:
    """The runs in a log, or in that of a folder; `SpecError` if it cannot be read."""
    from lrplot.api import read_log
    from lrplot.logs import LOGS
    from lrplot.runs.logged import runs_of

    return runs_of(read_log(place, columns, program if program in LOGS else ""))
