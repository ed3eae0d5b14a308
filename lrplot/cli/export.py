"""`lrplot export`: one row a step."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import SetOption, SpecArgument


class Format(StrEnum):
    """File formats."""

    csv = "csv"
    tsv = "tsv"
    json = "json"
    jsonl = "jsonl"
    npz = "npz"


def export(
    spec: SpecArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .csv, .tsv, .json, .jsonl or .npz file; - for standard output."
        ),
    ] = "-",
    format: Annotated[
        Format | None, typer.Option("--format", help="The format, where the file's name does not tell.")
    ] = None,
    start: Annotated[int, typer.Option(min=0, help="The first step.")] = 0,
    stop: Annotated[int | None, typer.Option(min=0, help="The step to stop before; the run's end by default.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Write every so many steps.")] = 1,
    columns: Annotated[str | None, typer.Option(metavar="NAME,...", help="The columns to write, besides step.")] = None,
) -> None:
    """Write the schedule as a table, one row a step: the value the optimizer uses for that update."""
    from lrplot.cli.progress import with_progress
    from lrplot.output.files import whole_file
    from lrplot.output.tables.rows import FORMATS, joined, rows_of

    writer = with_progress(FORMATS[format or _format_of(output)], output == "-")
    runs = load_runs([spec], settings, sweeps)
    whole = joined(runs) if sweeps else rows_of(runs[0])
    stop = whole.stop if stop is None else stop
    if stop <= start:
        raise typer.BadParameter(f"there are no steps from {start} to {stop}", param_hint="--start/--stop")
    tracks = {name: whole.tracks[name] for name in _chosen(columns, list(whole.tracks))}
    rows = replace(whole, tracks=tracks, start=start, stop=stop, every=every)
    if output == "-":
        Console().emit_bytes(lambda file: writer(rows, file))
        return
    with whole_file(Path(output)) as file:
        writer(rows, file)


def _format_of(output: str) -> str:
    if output == "-":
        return Format.csv
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix not in list(Format):
        raise typer.BadParameter(
            f"`{output}` does not end in {', '.join(f'.{name}' for name in Format)}; name one with --format",
            param_hint="--output",
        )
    return suffix


def _chosen(columns: str | None, known: list[str]) -> list[str]:
    from lrplot.wording import did_you_mean

    if columns is None:
        return known
    chosen = [name.strip() for name in columns.split(",")]
    for name in chosen:
        if name not in known:
            raise typer.BadParameter(
                f"there is no column `{name}`: {did_you_mean(name, known)}", param_hint="--columns"
            )
    return list(dict.fromkeys(chosen))
