"""`lrplot at`: the values at some steps."""

from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import JsonOption, SetOption, SpecArgument


@command(Task.LOOK, "lrplot at cosine 0 2k 50% last")
def at(
    spec: SpecArgument,
    when: Annotated[
        list[str], typer.Argument(metavar="WHEN...", help="Steps: 0, 2k, 50%, '3 epochs', '75B tokens', last.")
    ],
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the value that the optimizer uses at some steps, with all its digits."""
    import numpy as np

    from lrplot.api import load
    from lrplot.output.terminal.columns import align
    from lrplot.spec.moments import read_step

    schedule = load(spec, settings or ())
    steps = [read_step(text, schedule.run.timebase) for text in when]
    values = schedule.at(np.array(steps, dtype=np.int64))
    rows = [
        {"when": text, "step": step, **{name: float(values[name][i]) for name in values}}
        for i, (text, step) in enumerate(zip(when, steps, strict=True))
    ]
    console = Console()
    if as_json:
        console.emit_json("at", {"name": schedule.name, "values": rows})
        return
    cells = [
        [*rows[0]],
        *([str(row["when"]), str(row["step"]), *(repr(row[name]) for name in values)] for row in rows),
    ]
    console.emit("\n".join(align(cells, right=(1,))) + "\n")
