"""The `lrplot` command: assembles the subcommands; every user's mistake ends here."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated

# lrplot uses no BLAS, whose threads would cost more than all of `import numpy`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the program without a traceback while there is nothing to clean up yet."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


with _ending_at_once():
    import typer

    import lrplot
    from lrplot.cli.console import Console, report, settle

COMMANDS = ("show", "plot", "export", "compare", "at", "check", "kinds", "presets")


def _print_version(wanted: bool) -> None:
    if wanted:
        Console().emit(f"lrplot {lrplot.__version__}\n")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What learning rate will your run actually use?"""


def command_line(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """The command line with some of its commands, each from the module of its name."""
    app = typer.Typer(
        name="lrplot",
        help="What learning rate will your run actually use?",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for name in names:
        app.command()(getattr(import_module(f"lrplot.cli.{name}"), name))
    return app


def _asked(arguments: Sequence[str]) -> Sequence[str]:
    """The commands that these arguments take: the one they name, and all where all are to be told of."""
    if list(arguments) == ["--version"]:
        return ()
    return arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 2 a user's mistake, 130 Ctrl-C."""
    if arguments is None:
        _end_cleanly()
    try:
        command_line(_asked(sys.argv[1:] if arguments is None else arguments))(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not report(error, _colour_asked(sys.argv if arguments is None else arguments)):
            raise
        settle()
        sys.exit(2)


def _end_cleanly() -> None:
    """Let `kill` and a closed terminal end the program as Ctrl-C does: half-written files are removed."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # under nohup it is ignored
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def _colour_asked(arguments: Sequence[str]) -> str:
    """What `--color` says: a command that fails may not have come to read it."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option == "--color" or option.startswith("--color="):
            return option.partition("=")[2] or value
    return "auto"


if __name__ == "__main__":
    main()
