"""`lrplot check`: findings."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import SPECS, Color, ColorOption, SetOption

if TYPE_CHECKING:
    from lrplot.output.terminal.findings import Checked


class Format(StrEnum):
    """Formats of findings."""

    text = "text"
    json = "json"
    github = "github"


@command(Task.CHECK)
def check(
    specs: Annotated[list[str] | None, SPECS] = None,
    settings: SetOption = None,
    format: Annotated[Format, typer.Option(help="Text, JSON, or annotations of GitHub.")] = Format.text,
    select: Annotated[str | None, typer.Option(metavar="CODE,...", help="Report only these findings.")] = None,
    ignore: Annotated[str | None, typer.Option(metavar="CODE,...", help="Do not report these findings.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on notes too.")] = False,
    explain: Annotated[str | None, typer.Option(metavar="CODE", help="Explain a finding; `all` lists them.")] = None,
    color: ColorOption = Color.auto,
) -> None:
    """Find mistakes in specs; exit 1 on errors and warnings, 2 if a spec cannot be read."""
    from lrplot.output.terminal.findings import format_findings, format_github, format_json

    console = Console(color=color)
    if explain is not None:
        console.emit(_explained(explain, console.color))
        return
    if not specs:
        raise typer.BadParameter("`check` needs a spec, or --explain", param_hint="SPEC...")
    codes = _selected(select, ignore)
    checked = [_checked(spec, settings or (), codes) for spec in specs]
    if format == Format.text:
        console.emit(format_findings(checked, console.color))
    else:
        console.emit(format_json(checked) if format == Format.json else format_github(checked))
    if any(spec.bad for spec in checked):
        raise typer.Exit(2)
    if any(strict or finding.severity != "note" for spec in checked for finding in spec.findings):
        raise typer.Exit(1)


def _checked(spec: str, settings: Sequence[str], codes: set[str]) -> "Checked":
    from lrplot.api import check as check_spec
    from lrplot.diagnostics import SpecError
    from lrplot.output.terminal.findings import Checked

    try:
        return Checked(spec, [finding for finding in check_spec(spec, settings) if finding.code in codes])
    except SpecError as error:
        return Checked(spec, error.diagnostics, bad=True)


def _selected(select: str | None, ignore: str | None) -> set[str]:
    from lrplot.analysis.checks.rule import RULES

    codes = set(RULES) if select is None else _codes(select, "--select")
    return codes - (set() if ignore is None else _codes(ignore, "--ignore"))


def _codes(text: str, option: str) -> set[str]:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.wording import did_you_mean

    codes = [code.strip() for code in text.split(",")]
    for code in codes:
        if code not in RULES:
            raise typer.BadParameter(f"there is no finding `{code}`: {did_you_mean(code, RULES)}", param_hint=option)
    return set(codes)


def _explained(code: str, color: bool) -> str:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.output.terminal.findings import format_rule, format_rules

    if code == "all":
        return format_rules([RULES[name] for name in sorted(RULES)], color)
    _codes(code, "--explain")
    return format_rule(RULES[code], color)
