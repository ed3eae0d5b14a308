"""`lrplot resume`: a run that goes on from a checkpoint."""

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import refuse_log
from lrplot.cli.options import (
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    JsonOption,
    SetOption,
    SpecArgument,
    WidthOption,
    bad_option,
    format_for,
    refuse_beside,
)

if TYPE_CHECKING:
    from lrplot.analysis.resume import Resumption

MOST_LISTED = 10_000_000  # further updates in JSON, whose text is in memory as a whole


class Restore(StrEnum):
    """The states of a checkpoint that are loaded."""

    both = "both"
    optimizer = "optimizer"
    scheduler = "scheduler"
    none = "none"


@command(Task.LOOK, "lrplot resume cosine --at 50% --set steps=20k")
def resume(
    spec: SpecArgument,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="Updates that are done: 2k, 50%, '3 epochs'; or a checkpoint."),
    ] = None,
    settings: SetOption = None,
    program: AsOption = "",
    restore: Annotated[Restore, typer.Option(help="The states that are loaded.")] = Restore.both,
    last_epoch: Annotated[
        bool,
        typer.Option("--last-epoch", help="Build the scheduler on the restored optimizer, with torch's last_epoch."),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A picture (.png …), or a table of the further updates."),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show which learning rate each further update gets if a run is stopped and goes on, under a changed plan."""
    from lrplot import api
    from lrplot.analysis.aftermath import findings
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.resumption import format_resumption, resumption_data

    refuse_beside("--json", as_json and output is None, {"--log": log})
    console = Console(color=color, ascii=ascii, width=width)
    refuse_log(spec)
    resumption = api.resume(spec, at, settings or (), restore, last_epoch, program)
    found = findings(resumption)
    if output is not None:
        _write(resumption, output, log)
    if as_json:
        if (further := resumption.stop - resumption.at) > MOST_LISTED:
            message = f"`--json` lists the value of each further update, and {further:,} are too many"
            raise bad_option("--json", message, "write a table of them by `-o FILE.csv`")
        console.emit_json("resume", resumption_data(resumption, found))
    elif output is None:
        look = Look(console.width, console.glyphs, console.color, log, links=console.links)
        console.emit_page(format_resumption(resumption, found, look))
    if resumption.raises:
        raise typer.Exit(1)


def _write(resumption: "Resumption", output: str, log: bool) -> None:
    from lrplot.chart.resumed import picture_of_resumption
    from lrplot.cli.pictures import write_picture
    from lrplot.output.files import whole_file
    from lrplot.output.image.figure import write_image
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.tables.shared.rows import rows_of
    from lrplot.output.writers import PICTURES, TABLES

    formats: dict[str, object] = {**PICTURES, **TABLES}
    format_for(formats, output)
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix in PICTURES:
        sheet = Sheet()
        picture = picture_of_resumption(resumption, log, sheet.pixels)
        write_picture(partial(write_image, picture, sheet, PICTURES[suffix]), output)
        return
    refuse_beside(f"--output {output}", True, {"--log": log})
    if (run := resumption.run) is None or resumption.stop <= resumption.at:
        raise bad_option("--output/-o", "no further update gets a value", "give more `steps` by `--set`")
    with whole_file(Path(output)) as file:
        TABLES[suffix](replace(rows_of(run), start=resumption.at), file)
