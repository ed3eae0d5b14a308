"""`lrplot schema`: the JSON Schema of a spec, for editors, and of what `check` prints as JSON, for programs."""

from enum import StrEnum
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console


class Form(StrEnum):
    """What a schema describes."""

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
    Console().emit_to(output, _text(form))


def _text(form: Form) -> str:
    if form is Form.spec:
        from lrplot.output.json_schema import json_schema

        return json_schema()
    from lrplot.output.record_schema import record_schema

    if form is Form.rules:
        from lrplot.output.rules import RulesData

        return record_schema("rules", RulesData)
    from lrplot.output.findings.json import AgreementData, ErrorsData, ReportData, StatisticsData

    return record_schema("check", ReportData, StatisticsData, ErrorsData, beside=AgreementData)
