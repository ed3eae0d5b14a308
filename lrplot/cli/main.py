"""The command line: its commands, each read when it is asked for; every user's mistake ends here."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

import lrplot
from lrplot.cli.console import Console, report, settle
from lrplot.registry import summary

COMMANDS = ("show", "plot", "export", "compare", "at", "check", "kinds", "presets")
PURPOSE = "What learning rate will your run actually use?"


def function(command: str) -> Callable[..., None]:
    """What a command runs: the function of its name, in the module of its name.

    Annotations are no strings there, which Typer would compile one by one.
    """
    found: Callable[..., None] = getattr(import_module(f"lrplot.cli.{command}"), command)
    return found


class _Commands(Mapping[str, Any]):
    """The commands by name, each made when it is asked for: a run takes one of them."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        alone.command(name)(function(name))
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    """The command that the others are part of."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(Any, _Commands())

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order they are shown."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """What each is for: the first line of its docstring."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(function(name))) for name in COMMANDS])


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 2 a user's mistake, 130 Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    app = typer.Typer(
        name="lrplot",
        cls=_Group,
        help=PURPOSE,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    stdout = sys.stdout
    try:
        app(given)
    except SystemExit:
        if sys.stdout is not stdout:  # Typer replaces it where nobody reads its help any more
            sys.exit(0)
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not report(error, _colour_asked(given)):
            raise
        settle()
        sys.exit(2)


def _colour_asked(arguments: Sequence[str]) -> str:
    """What `--color` says: a command that fails may not have come to read it."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option == "--color" or option.startswith("--color="):
            return option.partition("=")[2] or value
    return "auto"
