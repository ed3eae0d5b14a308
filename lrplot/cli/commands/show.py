"""`lrplot show`: charts in the terminal."""

from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption, SetOption, SpecsArgument, WidthOption


@command(Task.LOOK)
def show(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    spark: Annotated[bool, typer.Option("--spark", help="One line per spec.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draw schedules in the terminal, with their phases, a summary and findings."""
    from lrplot.analysis.checks.findings import findings
    from lrplot.output.data import run_data
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.page import format_page
    from lrplot.output.terminal.spark import format_spark

    runs = load_runs(specs, settings, sweeps)
    console = Console(color=color, ascii=ascii)
    look = Look(width or console.width, console.glyphs, console.color, log)
    if as_json:
        data = [run_data(run, findings(run)) for run in runs]
        console.emit_json(data[0] if len(data) == 1 else data)
    elif spark:
        console.emit(format_spark(runs, look))
    else:
        console.emit("\n".join(format_page(run, look, findings(run)) for run in runs))
