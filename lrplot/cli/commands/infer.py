"""`lrplot infer`: the spec that a log follows."""

from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import JsonOption


@command(Task.MOVE, "lrplot export cosine | lrplot infer -")
def infer(
    log: Annotated[
        str, typer.Argument(metavar="LOG", help="A training log, - for standard input, or a folder that holds one.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
    columns: Annotated[
        str | None,
        typer.Option(metavar="step=NAME,lr=NAME", help="The columns or keys of the step and the learning rate."),
    ] = None,
    program: Annotated[str, typer.Option("--as", metavar="FORMAT", help="The format of the log.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write the shortest spec that a log follows to its printed digits; exit 1 and the nearest one if none does."""
    from lrplot.api import infer as inferred
    from lrplot.output.files import whole_file
    from lrplot.output.inference import inference_data

    found = inferred(log, columns, program)
    if as_json:
        Console().emit_json("infer", inference_data(found))
    elif output == "-":
        Console().emit_data(found.text)
    if output != "-":
        with whole_file(Path(output)) as file:
            file.write(found.text.encode("utf-8"))
    if not found.exact:
        raise typer.Exit(1)
