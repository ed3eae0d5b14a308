"""`lrplot check`: findings."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console, is_quiet
from lrplot.cli.options import (
    SPECS,
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    ColumnsOption,
    SetOption,
    bad_option,
    refuse_beside,
)
from lrplot.registry import module_names

if TYPE_CHECKING:
    from lrplot.analysis.checks.project import Project
    from lrplot.output.checked import Checked, Report

TEXT = "text"
FORMATS = [TEXT, *module_names("lrplot.output.findings")]


@command(Task.CHECK, "lrplot check cosine wsd", json="--format json")
def check(
    specs: Annotated[list[str] | None, SPECS] = None,
    settings: SetOption = None,
    program: AsOption = "",
    log: Annotated[str | None, typer.Option(metavar="LOG", help="Say whether a run's log follows the spec.")] = None,
    columns: ColumnsOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write cures that are mechanical into the files.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what --fix would change; exit 1 if anything.")] = False,
    select: Annotated[str | None, typer.Option(metavar="CODE,...", help="Report only these findings.")] = None,
    ignore: Annotated[str | None, typer.Option(metavar="CODE,...", help="Do not report these findings.")] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each rule.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on notes too.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")] = False,
    format: Annotated[
        str,
        typer.Option(
            metavar=f"<{'|'.join(FORMATS)}>", help="Text, or a format for programs.", autocompletion=lambda: FORMATS
        ),
    ] = TEXT,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
    explain: Annotated[str | None, typer.Option(metavar="CODE", help="Explain a finding; `all` lists them.")] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
) -> None:
    """Find mistakes in specs; exit 1 on errors and warnings, 2 if a spec cannot be read."""
    from lrplot import __version__
    from lrplot.analysis.checks.project import project_at
    from lrplot.cli.checking import Checker, write
    from lrplot.diagnostics import SpecError
    from lrplot.output.checked import Report

    console = Console(color=color, ascii=ascii)
    _check_format(format, statistics)
    writes = {"--fix": fix, "--diff": diff, "--output": output != "-"}
    if explain is not None:
        refuse_beside("--explain", True, {**writes, "--statistics": statistics})
        _explain(explain, format, console)
        return
    refuse_beside("--diff", diff, {"--fix": fix, "--statistics": statistics, "--format": format != TEXT})
    refuse_beside("--log", log is not None, {"--fix": fix, "--diff": diff})
    refuse_beside("--output", output != "-", {"--diff": diff})
    project = project_at(Path.cwd())
    places = specs or project.specs_in(".")
    if not places:
        raise _no_spec(project)
    if log is not None and len(places) > 1:
        raise bad_option("--log", "a log is compared with one spec", "give the spec that the run was started with")
    if log is None and columns is not None:
        raise bad_option("--columns", "`--columns` has no effect without `--log`", "leave it out")
    checker = Checker(project, settings or (), program, _selected(select, ignore, project))
    if log is not None:
        checked = [checker.compare(places[0], log, columns)]
    else:
        look = checker.cure if fix or diff else checker.check
        checked = [write(each) if fix else each for place in places for each in look(place)]
    unreadable = [error for spec in checked if spec.bad for error in spec.findings]
    if diff:
        failed = _print_diff(checked, console)
    else:
        if unreadable and is_quiet() and format == TEXT and output == "-":
            raise SpecError(*unreadable)  # findings are not printed, errors are
        if output != "-" and any(_is_same_file(each.spec, output) for each in checked):
            raise bad_option(output, f"`{output}` is one of the specs", "name a file for the findings")
        report = Report(checked, strict, __version__)
        _print(report, console, format, output, statistics)
        failed = report.failed
    if unreadable:
        raise typer.Exit(2)
    if failed and not exit_zero:
        raise typer.Exit(1)


def _is_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def _check_format(format: str, statistics: bool) -> None:
    from lrplot.wording import did_you_mean, one_of

    if format not in FORMATS:
        message = f"`--format` takes {one_of(FORMATS)}, not `{format}`"
        raise bad_option("--format", message, did_you_mean(format, FORMATS, "`lrplot check -h` describes its options"))
    if statistics and format not in (TEXT, "json"):
        raise bad_option("--format", "statistics are printed as text or JSON", "leave out `--format`")


def _no_spec(project: "Project") -> Exception:
    if project.specs is not None:
        return bad_option(
            "check", "`include` of `[tool.lrplot]` matches no file here", "give a spec, or mend `include`"
        )
    message = "`lrplot check` needs a spec, or `--explain CODE`"
    return bad_option("check", message, "for example `lrplot check cosine`; `include` of `[tool.lrplot]` names specs")


def _selected(select: str | None, ignore: str | None, project: "Project") -> set[str]:
    """The codes that are reported: `--select` takes the place of the project's settings, `--ignore` of that name."""
    from lrplot.analysis.checks.rule import RULES

    chosen = project.select if select is None else _codes(select, "--select")
    kept = project.ignore if select is None else frozenset()
    return set(RULES if chosen is None else chosen) - (kept if ignore is None else _codes(ignore, "--ignore"))


def _codes(text: str, option: str) -> set[str]:
    from lrplot.analysis.checks.rule import RULES
    from lrplot.wording import did_you_mean

    codes = [code.strip() for code in text.split(",")]
    for code in codes:
        if code not in RULES:
            help = did_you_mean(code, RULES, "`lrplot check --explain all` lists the findings")
            raise bad_option(option, f"there is no finding `{code}`", help)
    return set(codes)


def _print(report: "Report", console: Console, format: str, output: str, statistics: bool) -> None:
    """Print the findings, or how many there are of each rule, or write them into a file."""
    from lrplot.output.terminal.findings import format_advice, format_findings, format_statistics

    if format != TEXT:
        console.emit_to(output, _data(report, format, statistics))
    elif output != "-":
        console.emit_to(output, (format_statistics if statistics else format_findings)(report.specs, False))
    elif statistics:
        console.emit_page(format_statistics(report.specs, console.color))
    else:
        page = partial(format_findings, report.specs, console.color, links=console.links)
        console.emit(console.diagnostics(lambda width: page(width=width)))
        if console.terminal:
            console.emit_page(format_advice(report.specs))


def _data(report: "Report", format: str, statistics: bool) -> str:
    from lrplot.output.findings.json import write_statistics
    from lrplot.output.writers import FINDINGS

    return write_statistics(report) if statistics else FINDINGS[format](report)


def _print_diff(checked: "Sequence[Checked]", console: Console) -> bool:
    """Print the changes that cures would make, and how many to standard error; whether there are any."""
    from lrplot.output.terminal.diagnostics import format_diagnostics
    from lrplot.output.terminal.diff import format_diff
    from lrplot.output.terminal.findings import format_refused, format_would_fix

    fixes = [(each.spec, each.fixed) for each in checked if each.fixed]
    text = "".join(
        format_diff(spec, fixed.before, fixed.after, console.color, console.terminal) for spec, fixed in fixes
    )
    console.emit_data(text)
    errors = Console(sys.stderr)
    if unreadable := [error for spec in checked if spec.bad for error in spec.findings]:
        errors.emit_data(errors.diagnostics(lambda width: format_diagnostics(unreadable, errors.color, width) + "\n"))
    errors.emit(errors.diagnostics(lambda width: format_refused(checked) + format_would_fix(checked)))
    return bool(text)


def _explain(code: str, format: str, console: Console) -> None:
    """Explain a rule, or list all of them."""
    from lrplot.analysis.checks.rule import RULES
    from lrplot.output.terminal.findings import format_rule, format_rules

    if code != "all":
        _codes(code, "--explain")
    rules = [RULES[name] for name in (sorted(RULES) if code == "all" else [code])]
    if format == "json":
        from lrplot.output.rules import rules_json

        console.emit_data(rules_json(rules))
    elif format != TEXT:
        raise bad_option("--format", "findings are explained as text or JSON", "leave out `--format`")
    elif code == "all":
        console.emit_page(format_rules(rules, console.color))
    else:
        console.emit_page(format_rule(rules[0], console.color, console.links))
