"""`lrplot theory`: what can be said about a schedule before training."""

from functools import partial
from typing import Annotated

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
    format_for,
    refuse_beside,
)
from lrplot.diagnostics import Fault


@command(Task.LEARN, "lrplot theory cosine wsd --set weight_decay=0.1")
def theory(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    log: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="LOG", help="Predict losses from the log of a run that differs by its schedule only."
        ),
    ] = None,
    columns: ColumnsOption = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Draw the schedules at their tuned peaks, or with --from the losses (.png, .svg, .pdf).",
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            metavar="FACTOR|SIZE", help="The learning rate for another batch: x4, 1024 samples, or '4M tokens'."
        ),
    ] = None,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print what can be said about schedules before training, with the assumption and source of each figure."""
    from lrplot.analysis.theory.theory import theory_of
    from lrplot.api import loss_law
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.theory import format_theory, theory_data

    refuse_beside("--json", as_json, {"--output": output is not None})
    refuse_beside("--output", output is not None, {"--batch": batch is not None})
    if columns is not None and log is None:
        raise bad_option("--columns", "`--columns` has no effect without `--from`", "name the log: `--from LOG`")
    law = None if log is None else loss_law(log, columns)
    runs = load_runs(files_in(specs), settings, sweeps, program)
    notes = [] if law is None else law.notes(runs)
    try:
        theories = [theory_of(run, batch, law) for run in runs]
    except Fault as fault:
        fault.field = "--batch" if fault.code == "bad-option" else fault.field
        raise
    console = Console(color=color, ascii=ascii, width=width)
    if output is not None:
        from lrplot.chart.losses import picture_of_losses
        from lrplot.chart.tuned import tuned_picture
        from lrplot.cli.pictures import write_picture
        from lrplot.output.image.figure import write_image
        from lrplot.output.image.shared.sheet import Sheet
        from lrplot.output.writers import PICTURES

        writer, sheet = format_for(PICTURES, output), Sheet()
        picture = tuned_picture(runs, theories, sheet.pixels) if law is None else picture_of_losses(law, runs)
        write_picture(partial(write_image, picture, sheet, writer), output)
    elif as_json:
        console.emit_json("theory", theory_data(theories, law, notes))
    else:
        console.emit_page(format_theory(theories, Look(console.width, console.glyphs, console.color), law, notes))
