"""`lrplot check`: findings."""

import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console, is_quiet
from lrplot.cli.family import log_refusal
from lrplot.cli.options import (
    SPECS,
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    ColumnsOption,
    SetOption,
    bad_option,
)

if TYPE_CHECKING:
    from lrplot.output.terminal.findings import Checked


class Format(StrEnum):
    """Formats of findings."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


@command(Task.CHECK, "lrplot check cosine wsd")
def check(
    specs: Annotated[list[str] | None, SPECS] = None,
    settings: SetOption = None,
    program: AsOption = "",
    log: Annotated[str | None, typer.Option(metavar="LOG", help="Say whether a run's log follows the spec.")] = None,
    columns: ColumnsOption = None,
    format: Annotated[Format, typer.Option(help="Text, JSON, annotations of GitHub, or SARIF.")] = Format.text,
    select: Annotated[str | None, typer.Option(metavar="CODE,...", help="Report only these findings.")] = None,
    ignore: Annotated[str | None, typer.Option(metavar="CODE,...", help="Do not report these findings.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on notes too.")] = False,
    explain: Annotated[str | None, typer.Option(metavar="CODE", help="Explain a finding; `all` lists them.")] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
) -> None:
    """Find mistakes in specs; exit 1 on errors and warnings, 2 if a spec cannot be read."""
    from lrplot.diagnostics import SpecError
    from lrplot.output.terminal.findings import format_findings, format_github, format_json

    console = Console(color=color, ascii=ascii)
    if explain is not None:
        console.emit_page(_explained(explain, console.color))
        return
    if not specs:
        raise bad_option(
            "check", "`lrplot check` needs a spec, or `--explain CODE`", "for example `lrplot check cosine`"
        )
    codes = _selected(select, ignore)
    if log is not None and len(specs) > 1:
        raise bad_option("--log", "a log is compared with one spec", "give the spec that the run was started with")
    if log is None and columns is not None:
        raise bad_option("--columns", "`--columns` has no effect without `--log`", "leave it out")
    if log is None:
        checked = [each for place in specs for each in _checked(place, settings or (), program, codes)]
    else:
        checked = [_compared(specs[0], log, columns, settings or (), program, codes)]
    unreadable = [error for spec in checked if spec.bad for error in spec.findings]
    if unreadable and is_quiet() and format == Format.text:
        raise SpecError(*unreadable)  # findings are not printed, errors are
    match format:
        case Format.text:
            console.emit(console.diagnostics(lambda width: format_findings(checked, console.color, width)))
        case Format.json:
            console.emit_data(format_json(checked))
        case Format.github:
            console.emit_data(format_github(checked))
        case Format.sarif:
            from lrplot import __version__
            from lrplot.output.sarif import format_sarif

            console.emit_data(format_sarif(checked, __version__))
    if unreadable:
        raise typer.Exit(2)
    if any(strict or finding.severity != "note" for spec in checked for finding in spec.findings):
        raise typer.Exit(1)


def _checked(place: str, settings: Sequence[str], program: str, codes: set[str]) -> "Iterator[Checked]":
    """The spec at a place, or each spec in a folder, checked; beside the log of its run, if its folder has one."""
    from lrplot.api import check as check_spec
    from lrplot.diagnostics import SpecError
    from lrplot.output.terminal.findings import Checked
    from lrplot.spec.source import spec_files

    try:
        specs = spec_files(place)
    except SpecError as error:  # a folder without specs
        yield Checked(place, error.diagnostics, bad=True)
        return
    for spec in specs:
        try:
            yield Checked(spec, [finding for finding in check_spec(spec, settings, program) if finding.code in codes])
        except SpecError as error:
            yield Checked(spec, log_refusal(spec) or error.diagnostics, bad=True)
    if specs != [place]:
        for spec, log in _logs_beside(specs):
            yield _compared(spec, log, None, settings, program, codes)


def _logs_beside(specs: Sequence[str]) -> "Iterator[tuple[str, str]]":
    """The specs that have the log of their run in their folder, each the only one there, and that log."""
    from lrplot.spec.logs import log_in

    folders = [os.path.dirname(spec) for spec in specs]
    for spec, folder in zip(specs, folders, strict=True):
        if folders.count(folder) == 1 and (log := log_in(folder)):
            yield spec, log


def _compared(
    place: str, log: str, columns: str | None, settings: Sequence[str], program: str, codes: set[str]
) -> "Checked":
    """The spec at a place, compared with a log."""
    from lrplot.analysis.checks.findings import log_findings
    from lrplot.api import beside, read_log
    from lrplot.diagnostics import SpecError
    from lrplot.output.terminal.findings import Checked

    try:
        agreement, run = beside(place, read_log(log, columns), settings, program)
    except SpecError as error:
        return Checked(place, error.diagnostics, bad=True)
    found = [finding for finding in log_findings(agreement, run) if finding.code in codes]
    return Checked(place, found, agreement=agreement)


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
            help = did_you_mean(code, RULES, "`lrplot check --explain all` lists the findings")
            raise bad_option(option, f"there is no finding `{code}`", help)
    return set(codes)


def _explained(code: str, color: bool) -> str:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.output.terminal.findings import format_rule, format_rules

    if code == "all":
        return format_rules([RULES[name] for name in sorted(RULES)], color)
    _codes(code, "--explain")
    return format_rule(RULES[code], color)
