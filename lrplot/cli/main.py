"""The `lrplot` command: assembles the subcommands; every user's mistake ends here."""

from __future__ import annotations

import os
import sys
from typing import Annotated

# lrplot uses no BLAS, whose threads would cost more than all of `import numpy`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import typer

import lrplot
from lrplot.cli import at, check, compare, export, kinds, plot, presets, show
from lrplot.cli.console import Console, report

app = typer.Typer(
    name="lrplot",
    help="What learning rate will your run actually use?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _module in (show, plot, export, compare, at, check, kinds, presets):
    app.command()(getattr(_module, _module.__name__.rpartition(".")[2]))


def _print_version(wanted: bool) -> None:
    if wanted:
        Console().emit(f"lrplot {lrplot.__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What learning rate will your run actually use?"""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 2 a user's mistake, 130 Ctrl-C."""
    try:
        app(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        message = report(error)
        if message is None:
            raise
        sys.exit(2)


if __name__ == "__main__":
    main()
