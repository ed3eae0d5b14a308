"""`lrplot convert`: a spec or a config in another vocabulary."""

from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import typer

import lrplot
from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import refuse_log
from lrplot.cli.options import AsOption, SetOption, SpecArgument, bad_option

# The modules of `lrplot.emit`, by their files: importing them would load numpy for a page of help.
_FILES = iter_modules([str(Path(lrplot.__file__).with_name("emit"))])
TARGETS = tuple(module.name for module in _FILES if module.name != "shared")


@command(Task.MOVE, "lrplot convert cosine --to torch")
def convert(
    spec: SpecArgument,
    to: Annotated[
        str, typer.Option("--to", metavar="TARGET", help=f"The vocabulary: {', '.join(TARGETS)}.")
    ] = "lrplot",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Print the nearest schedule that the target has, if none is equal.")
    ] = False,
    settings: SetOption = None,
    program: AsOption = "",
) -> None:
    """Print a schedule as the code or config of another program, or a training config as a spec."""
    from lrplot.api import convert as converted
    from lrplot.output.files import whole_file
    from lrplot.wording import did_you_mean

    if to not in TARGETS:
        raise bad_option("--to", f"there is no target `{to}`", did_you_mean(to, TARGETS))
    refuse_log(spec)
    text = converted(spec, to, settings or (), program, nearest=nearest)
    if output == "-":
        Console().emit_data(text)
        return
    with whole_file(Path(output)) as file:
        file.write(text.encode("utf-8"))
