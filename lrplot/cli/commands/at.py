"""`lrplot at`: the values at some steps."""

from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import refuse_log
from lrplot.cli.options import AsOption, JsonOption, SetOption, SpecArgument

WHEN = "Steps: 0, 2k, 50%, '3 epochs', '75B tokens', first, peak, last."


@command(Task.LOOK, "lrplot at cosine 0 2k 50% last")
def at(
    spec: SpecArgument,
    when: Annotated[list[str], typer.Argument(metavar="WHEN...", help=WHEN)],
    settings: SetOption = None,
    program: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the value that the optimizer uses at some steps, with all its digits."""
    import numpy as np

    from lrplot.api import load_nominal
    from lrplot.spec.moments import read_step

    refuse_log(spec)
    schedule = load_nominal(spec, settings or (), program)
    run = schedule.run
    steps = [read_step(text, run) for text in when]
    values = schedule.at(np.array(steps, dtype=np.int64))
    tracks = [{name: float(values[name][i]) for name in values} for i in range(len(steps))]
    console = Console()
    if as_json:
        places = [{"run": step / run.steps} if run.nominal else {"step": step} for step in steps]
        values_at = [
            {"when": text, **place, **track, "past_end": step >= run.steps}
            for text, step, place, track in zip(when, steps, places, tracks, strict=True)
        ]
        console.emit_json("at", {"name": schedule.name, "values": values_at})
        return
    head = ["when", "run" if run.nominal else "step", *values]
    shown = [run.timebase.place(step) if run.nominal else str(step) for step in steps]
    cells = [[text, place, *map(repr, track.values())] for text, place, track in zip(when, shown, tracks, strict=True)]
    end = "past the end" + ("" if run.nominal else f" ({run.steps:,})")
    notes = [end if step >= run.steps else "" for step in steps]
    console.emit("\n".join(_table(head, cells, notes, console.width)) + "\n")


def _table(head: list[str], cells: list[list[str]], notes: list[str], width: int) -> list[str]:
    """A line for each step; if these are too long, a line for each track."""
    from lrplot.output.terminal.columns import align

    lines = align([[*head, ""], *([*row, note] for row, note in zip(cells, notes, strict=True))], right=(1,))
    if max(map(len, lines)) <= width:
        return lines
    marks = [["", *notes]] if any(notes) else []
    return align([*([name, *column] for name, column in zip(head, zip(*cells, strict=True), strict=True)), *marks])
