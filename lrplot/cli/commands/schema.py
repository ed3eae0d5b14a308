"""`lrplot schema`: the JSON Schema of a spec, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console


@command(Task.LEARN, "lrplot schema -o lrplot.schema.json")
def schema(
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
) -> None:
    """Print the JSON Schema (draft-07) of a spec, with which an editor completes and checks it."""
    from lrplot.output.files import whole_file
    from lrplot.output.json_schema import json_schema

    text = json_schema()
    if output == "-":
        Console().emit_data(text)
        return
    with whole_file(Path(output)) as file:
        file.write(text.encode("utf-8"))
