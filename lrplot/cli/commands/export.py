"""`lrplot export`: tables."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import AsOption, SetOption, SpecArgument, Unit, bad_option, format_for, whole_number
from lrplot.registry import module_names

# The names of the files, because importing them would import numpy.
FORMATS = module_names("lrplot.output.tables")


@command(Task.MOVE, "lrplot export cosine -o cosine.csv")
def export(
    spec: SpecArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A file (.csv, .json …); - for standard output.")
    ] = "-",
    format: Annotated[
        str | None,
        typer.Option(
            metavar=f"<{'|'.join(FORMATS)}>",
            help="The format; by default that of the file's name, and csv for standard output.",
            autocompletion=lambda: FORMATS,
        ),
    ] = None,
    start: Annotated[int, typer.Option(metavar="STEP", parser=whole_number(0), help="The first step.")] = 0,
    stop: Annotated[
        int | None,
        typer.Option(metavar="STEP", parser=whole_number(0), help="The step after the last; else the run's end."),
    ] = None,
    every: Annotated[int, typer.Option(metavar="N", parser=whole_number(1), help="Write every N-th step.")] = 1,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...", help="The columns to write besides step; those of a log as step=NAME,lr=NAME."
        ),
    ] = None,
    units: Annotated[
        str | None,
        typer.Option(metavar="UNIT,...", help="Add columns: epochs, samples, tokens, or fraction of the run."),
    ] = None,
) -> None:
    """Write a schedule as a table with one row per step: the values that the optimizer uses for that update."""
    from lrplot.cli.progress import with_progress
    from lrplot.output.files import whole_file
    from lrplot.output.tables.shared.rows import joined, rows_of, with_units
    from lrplot.output.writers import TABLES

    name = "csv" if output == "-" and format is None else format
    writer = with_progress(
        format_for(TABLES, output, name, "write `--format csv` for a name of any other kind"), output == "-"
    )
    added = [] if units is None else _units(units)
    of_log, columns = (columns, None) if columns and "=" in columns and "@" not in columns else (None, columns)
    runs = [with_units(run, added) for run in load_runs([spec], settings, sweeps, program, columns=of_log)]
    whole = joined(runs) if len(runs) > 1 else rows_of(runs[0])
    stop = whole.stop if stop is None else stop
    if stop <= start:
        raise bad_option(
            "--start/--stop", f"there are no steps from {start:,} to {stop:,}", f"the run has {runs[0].steps:,}"
        )
    tracks = {name: whole.tracks[name] for name in _selected(columns, list(whole.tracks))}
    rows = replace(whole, tracks=tracks, start=start, stop=stop, every=every)
    if output == "-":
        Console().emit_bytes(lambda file: writer(rows, file))
        return
    with whole_file(Path(output)) as file:
        writer(rows, file)


def _units(text: str) -> list[str]:
    from lrplot.wording import did_you_mean

    known = [unit for unit in Unit if unit != Unit.steps]
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise bad_option("--units", f"there is no unit `{name}`", did_you_mean(name, known))
    return list(dict.fromkeys(names))


def _selected(columns: str | None, known: list[str]) -> list[str]:
    from lrplot.wording import did_you_mean

    if columns is None:
        return known
    names = [name.strip() for name in columns.split(",")]
    for name in names:
        if name not in known:
            raise bad_option("--columns", f"there is no column `{name}`", did_you_mean(name, known))
    return list(dict.fromkeys(names))
