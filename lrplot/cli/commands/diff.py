"""`lrplot diff`: what a change in git moves."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import (
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    JsonOption,
    SetOption,
    WidthOption,
    format_for,
    number,
    refuse_beside,
)

if TYPE_CHECKING:
    from lrplot.analysis.change import Changes


@command(Task.CHECK, "lrplot diff HEAD")
def diff(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REV] [PATH...]", help="A commit, A..B or A...B; and the specs or folders to list."),
    ] = None,
    settings: SetOption = None,
    program: AsOption = "",
    tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", parser=number(0), help="Exit 1 if a spec moves by more than this share of its peak."
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a comment in a review.")] = False,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw the specs that move (.png, .svg, .pdf)."),
    ] = None,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print which updates of which specs a change in git moves: of the working tree, or between two revisions."""
    from lrplot.api import diff as changes_between
    from lrplot.output.terminal.changes import changes_data, format_change_excess, format_changes
    from lrplot.output.terminal.look import Look, wrap

    refuse_beside("--json", as_json, {"--markdown": markdown})
    if output is not None:
        from lrplot.output.writers import PICTURES

        format_for(PICTURES, output)
    revision, *paths = _revision_and_paths(words or [])
    changes = changes_between(revision, paths, settings or (), program)
    console = Console(color=color, ascii=ascii, width=width)
    look = Look(console.width, console.glyphs, console.color, links=console.links)
    if output is not None:
        _draw(changes, output, console)
    excess = [] if tolerance is None else format_change_excess(changes, tolerance)
    if as_json:
        console.emit_json("diff", {**changes_data(changes), "tolerance": tolerance, "excess": excess})
    elif markdown:
        from lrplot.output.changes_markdown import format_changes_markdown

        console.emit_data(format_changes_markdown(changes))
    elif output is None:
        console.emit_page(format_changes(changes, look))
    if excess:
        if not as_json and not markdown:
            lines = [line for text in excess for line in wrap(look.text(text).split(" "), look.width - 1, " ")]
            console.emit_page("\n".join(["", *lines][output is not None :]) + "\n")
        raise typer.Exit(1)


def _revision_and_paths(words: list[str]) -> list[str]:
    """The revision and the paths; a first word that is no revision, but a file or folder, is a path."""
    from lrplot.spec.repository import HEAD, Repository

    if words and (not os.path.lexists(words[0]) or Repository.around(Path()).commit(words[0])):
        return words
    return [HEAD, *words]


def _draw(changes: "Changes", output: str, console: Console) -> None:
    """Draw the specs that move, each before and after; without any there is no picture."""
    from functools import partial

    from lrplot.chart.changes import pictures_of
    from lrplot.cli.pictures import write_picture
    from lrplot.output.image.figure import write_grid
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.writers import PICTURES

    sheet = Sheet(width=6.4 if len(changes.moved) == 1 else 9.6)
    if pictures := pictures_of(changes, sheet.pixels):
        write_picture(partial(write_grid, pictures, sheet, format_for(PICTURES, output)), output)
    else:
        console.emit("no spec moves: there is nothing to draw\n")
