"""`lrplot show`: charts in the terminal."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, files_in, load_runs
from lrplot.cli.options import (
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    ColumnsOption,
    JsonOption,
    SetOption,
    SpecsArgument,
    WidthOption,
    bad_option,
    refuse_beside,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from lrplot.output.terminal.charts import Window
    from lrplot.output.terminal.look import Look
    from lrplot.runs.run import Run


@command(Task.LOOK, "lrplot show cosine --set schedule.to=10%")
def show(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    columns: ColumnsOption = None,
    spark: Annotated[bool, typer.Option("--spark", help="One line per spec.")] = False,
    overlay: Annotated[bool, typer.Option("--overlay", help="All specs in one chart.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    normalize: Annotated[bool, typer.Option("--normalize", help="Values as a share of each peak.")] = False,
    start: Annotated[str | None, typer.Option(metavar="WHEN", help="Draw from here on: 2k, 50%, '3 epochs'.")] = None,
    stop: Annotated[str | None, typer.Option(metavar="WHEN", help="Draw up to here.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Draw again when a file changes.")] = False,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draw schedules in the terminal, with their phases, a summary and findings."""
    layout = {"--spark": spark, "--overlay": overlay}
    window = {"--start": start is not None, "--stop": stop is not None}
    refuse_beside("--json", as_json, {**layout, "--log": log, "--normalize": normalize, **window})
    refuse_beside("--spark", spark, {"--overlay": overlay, "--log": log})
    refuse_beside("--watch", watch, {"--json": as_json})
    console = Console(color=color, ascii=ascii, width=width)

    def loaded() -> "list[Run]":
        return load_runs(files_in(specs), settings, sweeps, program, nominal=True, columns=columns)

    if as_json:
        from lrplot.analysis.checks.findings import findings
        from lrplot.output.data import run_data

        console.emit_json("show", {"runs": [run_data(run, findings(run)) for run in loaded()]})
        return

    def drawn() -> str:
        from lrplot.output.terminal.look import Look

        runs = loaded()
        look = Look(console.width, console.glyphs, console.color, log, normalize, console.links)
        windows = [_window(run, start, stop) for run in runs]
        return _page(runs, windows, look, spark, overlay, together=bool(sweeps))

    if watch:
        _watch(console, drawn, specs)
    console.emit_page(drawn())


def _page(
    runs: "Sequence[Run]", windows: "Sequence[Window]", look: "Look", spark: bool, overlay: bool, together: bool
) -> str:
    """The runs in the layout that is asked for; `together` gives sparklines one scale."""
    if spark:
        from lrplot.output.terminal.spark import format_spark

        return format_spark(runs, windows, look, together=together)
    if overlay:
        from lrplot.output.terminal.overlay import format_overlay

        return format_overlay(runs, windows, look)
    from lrplot.analysis.checks.findings import findings
    from lrplot.output.terminal.page import format_page

    return "\n".join(format_page(run, look, window, findings(run)) for run, window in zip(runs, windows, strict=True))


def _watch(console: Console, drawn: "Callable[[], str]", specs: "Sequence[str]") -> "NoReturn":
    """Draw for ever; refused without a terminal, or for what is no file."""
    from lrplot.cli.watch import watch
    from lrplot.spec.source import preset_names, read_source

    if not console.terminal:
        raise bad_option("--watch", "`--watch` draws on a terminal, and standard output is none", "leave it out")
    if "-" in specs:
        raise bad_option("-", "`--watch` cannot watch standard input", "give a file")
    for spec in specs:
        if spec not in preset_names() and not os.path.exists(spec):
            read_source(spec)  # which says so
    watch(console, drawn, ", ".join(specs))


def _window(run: "Run", start: str | None, stop: str | None) -> "Window":
    """The steps of a run that are drawn."""
    from lrplot.output.terminal.charts import Window

    if start is None and stop is None:
        return Window(0, run.steps)
    from lrplot.spec.moments import read_step

    first = 0 if start is None else read_step(start, run)
    last = run.steps if stop is None else min(read_step(stop, run), run.steps)
    if first >= last:
        name = "--start" if start is not None else "--stop"
        raise bad_option(name, f"there are no steps from {first:,} up to {last:,}")
    return Window(first, last)
