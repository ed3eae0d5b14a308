"""`lrplot convert`: a spec or a config in another vocabulary."""

from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsOption, SetOption, SpecArgument, bad_option


@command(Task.MOVE, "lrplot convert cosine --to lrplot")
def convert(
    spec: SpecArgument,
    to: Annotated[str, typer.Option("--to", metavar="TARGET", help="The vocabulary: lrplot.")] = "lrplot",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - for standard output.")] = "-",
    settings: SetOption = None,
    program: AsOption = "",
) -> None:
    """Print a training config as a spec, each line with the key that it comes from."""
    from lrplot.api import convert as converted
    from lrplot.emit import EMITTERS
    from lrplot.output.files import whole_file
    from lrplot.wording import did_you_mean

    if to not in EMITTERS:
        raise bad_option("--to", f"there is no target `{to}`", did_you_mean(to, EMITTERS))
    text = converted(spec, to, settings or (), program)
    if output == "-":
        Console().emit_data(text)
        return
    with whole_file(Path(output)) as file:
        file.write(text.encode("utf-8"))
