"""The command line: all commands under one name; errors that a user can cause end here."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import lrplot
from lrplot.cli.commands import COMMANDS, Task
from lrplot.cli.console import NARROWEST, Console, report, settle
from lrplot.registry import summary

CLICK_NARROWEST = 52
PURPOSE = "What learning rate will your run actually use?"


class _Group(TyperGroup):
    """The command `lrplot`, whose help lists its commands by task."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each task, in the order of `Task`."""
        for task, names in groupby(self.list_commands(ctx), key=lambda name: COMMANDS[name].task):
            with formatter.section(task):
                formatter.write_dl([(name, summary(COMMANDS[name].function)) for name in names])


def _print_version(flag: bool) -> None:
    if flag:
        Console().emit(f"lrplot {lrplot.__version__}\n")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What learning rate will your run actually use?"""


def _narrow() -> dict[str, int]:
    """The width of help in a terminal with fewer columns than Click's help takes at least."""
    columns = shutil.get_terminal_size().columns
    return {"terminal_width": max(columns, NARROWEST)} if columns < CLICK_NARROWEST else {}


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The Typer application with some commands, sorted by task and name."""
    app = typer.Typer(
        name="lrplot",
        cls=_Group,
        help=PURPOSE,
        no_args_is_help=True,
        context_settings=_narrow(),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    order = list(Task)
    for name in sorted(names, key=lambda name: (order.index(COMMANDS[name].task), name)):
        app.command(name)(COMMANDS[name].function)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 success, 1 findings, 2 an error of the user, 130 Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    stdout = sys.stdout
    try:
        # If the first word names a command, the others are not imported.
        application(words[:1] if words and words[0] in COMMANDS else COMMANDS)(words)
    except SystemExit:
        if sys.stdout is not stdout:  # Typer replaces it if the pipe that reads its help is closed
            sys.exit(0)
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not report(error, _color_option(words), "--ascii" in words):
            raise
        settle()
        sys.exit(2)


def _color_option(words: Sequence[str]) -> str:
    """The value of `--color`, read from the command line: a command may fail before its options are parsed."""
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option == "--color" or option.startswith("--color="):
            return option.partition("=")[2] or value
    return "auto"
