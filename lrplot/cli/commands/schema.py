"""`lrplot schema`: the JSON Schema of a spec, for editors, and of what `check` prints as JSON, for programs."""

from enum import StrEnum
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console


class Form(StrEnum):
    """Documents that a schema describes."""

    spec = "spec"
    check = "check"
    rules = "rules"


@command(Task.LEARN, "lrplot schema -o lrplot.schema.json")
def schema(
    form: Annotated[
        Form, typer.Argument(metavar="[spec|check|rules]", help="A spec, or the JSON of `check` or of its rules.")
    ] = Form.spec,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
) -> None:
    """Print the JSON Schema (draft-07) of a spec, with which an editor completes and checks it, or of findings."""
    from lrplot.output.schemas import SCHEMAS

    Console().emit_to(output, SCHEMAS[form]())
