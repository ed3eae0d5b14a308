"""`lrplot theory`: what can be said about a schedule before training."""

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, files_in, load_runs
from lrplot.cli.options import (
    AsciiOption,
    AsOption,
    Color,
    ColorOption,
    JsonOption,
    SetOption,
    SpecsArgument,
    WidthOption,
)


@command(Task.LEARN, "lrplot theory cosine wsd --set weight_decay=0.1")
def theory(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print what can be said about schedules before training, with the assumption and source of each figure."""
    from lrplot.analysis.theory.theory import theory_of
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.theory import format_theory, theory_data

    theories = [theory_of(run) for run in load_runs(files_in(specs), settings, sweeps, program)]
    console = Console(color=color, ascii=ascii, width=width)
    if as_json:
        console.emit_json("theory", theory_data(theories))
    else:
        console.emit_page(format_theory(theories, Look(console.width, console.glyphs, console.color)))
