"""`lrplot fork`: cooldown branches off one trunk."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

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
)


class Shape(StrEnum):
    """Shapes of a cooldown."""

    linear = "linear"
    cosine = "cosine"
    sqrt = "sqrt"
    exponential = "exponential"


@command(Task.MOVE, "lrplot fork wsd --at 20k,30k --cooldown 20%")
def fork(
    spec: SpecArgument,
    at: Annotated[
        str, typer.Option("--at", metavar="WHEN,...", help="Where the cooldowns begin: 20k, 50%, 1B tokens …")
    ],
    cooldown: Annotated[
        str, typer.Option(metavar="DURATION", help="The length of each; a percentage is one of the branch.")
    ] = "20%",
    shape: Annotated[Shape, typer.Option(help="The shape of the cooldowns.")] = Shape.linear,
    to: Annotated[
        str, typer.Option(metavar="VALUE", help="Where they lead: a learning rate, or a share of the base such as 10%.")
    ] = "0",
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="DIR", help="Write each branch as a spec into a folder.")
    ] = None,
    settings: SetOption = None,
    program: AsOption = "",
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Branch cooldowns off one run: what each takes and shares, and each as a spec."""
    from lrplot.api import fork as forked
    from lrplot.output.files import OutputError, whole_file
    from lrplot.output.terminal.fork import fork_data, format_fork
    from lrplot.output.terminal.look import Look

    refuse_log(spec)
    places = [text.strip() for text in at.split(",") if text.strip()]
    if not places:
        raise bad_option("--at", "`--at` names no update", "for example `--at 20k,30k`")
    found = forked(spec, places, cooldown, shape, to, settings or (), program)
    console = Console(color=color, ascii=ascii, width=width)
    if output is not None:
        folder = Path(output)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot make the folder `{folder}`: {error.strerror}") from error
        stem = "schedule" if spec == "-" else Path(spec).stem
        for branch in found.branches:
            with whole_file(folder / f"{stem}-{branch.at}.yaml") as file:
                file.write(branch.text.encode("utf-8"))
    if as_json:
        console.emit_json("fork", fork_data(found))
    else:
        console.emit_page(format_fork(found, Look(console.width, console.glyphs, console.color)))
