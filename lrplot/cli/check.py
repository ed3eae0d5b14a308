"""`lrplot check`: the linter."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.console import Console
from lrplot.cli.options import SPECS, Color, ColorOption, SetOption

if TYPE_CHECKING:
    from lrplot.output.terminal.findings import Checked


class Format(StrEnum):
    """For whom findings are written."""

    text = "text"
    json = "json"
    github = "github"


def check(
    specs: Annotated[list[str] | None, SPECS] = None,
    settings: SetOption = None,
    format: Annotated[Format, typer.Option(help="For a person, a program, or GitHub's annotations.")] = Format.text,
    select: Annotated[str | None, typer.Option(metavar="CODE,...", help="Look for these only.")] = None,
    ignore: Annotated[str | None, typer.Option(metavar="CODE,...", help="Do not look for these.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="Say what a finding means; `all` lists every one.")
    ] = None,
    color: ColorOption = Color.auto,
) -> None:
    """Find mistakes that cost runs; exit 1 if there are any, 2 for a spec that cannot be read."""
    from lrplot.output.terminal.findings import format_findings, format_github, format_json

    console = Console(color=color)
    if explain is not None:
        console.emit(_explained(explain, console.colour))
        return
    if not specs:
        raise typer.BadParameter("give at least one, or --explain", param_hint="SPEC...")
    wanted = _wanted(select, ignore)
    checked = [_checked(spec, settings or (), wanted) for spec in specs]
    if format == Format.text:
        console.emit(format_findings(checked, console.colour))
    else:
        console.emit(format_json(checked) if format == Format.json else format_github(checked))
    if any(each.found for each in checked):
        raise typer.Exit(2 if any(each.bad for each in checked) else 1)


def _checked(spec: str, settings: Sequence[str], wanted: set[str]) -> "Checked":
    from lrplot.api import check as check_spec
    from lrplot.diagnostics import SpecError
    from lrplot.output.terminal.findings import Checked

    try:
        return Checked(spec, [each for each in check_spec(spec, settings) if each.code in wanted])
    except SpecError as error:
        return Checked(spec, error.diagnostics, bad=True)


def _wanted(select: str | None, ignore: str | None) -> set[str]:
    from lrplot.analysis.checks.rule import RULES

    chosen = set(RULES) if select is None else _codes(select, "--select")
    return chosen - (set() if ignore is None else _codes(ignore, "--ignore"))


def _codes(text: str, option: str) -> set[str]:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.wording import did_you_mean

    codes = [code.strip() for code in text.split(",")]
    for code in codes:
        if code not in RULES:
            raise typer.BadParameter(f"there is no finding `{code}`: {did_you_mean(code, RULES)}", param_hint=option)
    return set(codes)


def _explained(code: str, colour: bool) -> str:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.output.terminal.findings import format_rule, format_rules

    if code == "all":
        return format_rules([RULES[each] for each in sorted(RULES)], colour)
    _codes(code, "--explain")
    return format_rule(RULES[code], colour)
