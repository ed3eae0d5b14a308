"""The command line: all commands under one name; errors that a user can cause end here."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from inspect import signature
from itertools import groupby
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

import lrplot
from lrplot.cli.commands import COMMANDS, Task
from lrplot.cli.console import NARROWEST, QUIET, Console, report, settle
from lrplot.cli.options import bad_option
from lrplot.diagnostics import Fault
from lrplot.registry import summary

CLICK_NARROWEST = 52
PURPOSE = "What learning rate will your run actually use?"
HELP = {"help_option_names": ["-h", "--help"]}


def _common() -> list[TyperOption]:
    """The options of `lrplot` and of every command, besides `--help`."""
    return [
        TyperOption(
            param_decls=["-q", "--quiet"],
            is_flag=True,
            default=False,
            expose_value=False,
            callback=_set_quiet,
            help="Print only errors, and data such as JSON.",
        ),
        TyperOption(
            param_decls=["-V", "--version"],
            is_flag=True,
            default=False,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version and exit.",
        ),
    ]


def _set_quiet(context: typer.Context, parameter: typer.CallbackParam, flag: bool) -> None:
    if flag:
        context.meta[QUIET] = True


def _print_version(context: typer.Context, parameter: typer.CallbackParam, flag: bool) -> None:
    if flag:
        Console().emit(f"lrplot {lrplot.__version__}\n")
        raise typer.Exit


class _Command(TyperCommand):
    """A command, with the common options after its own."""

    def __init__(self, *arguments: Any, params: list[Any], **options: Any) -> None:
        super().__init__(*arguments, params=[*params, *_common()], **options)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an argument that is left over, by a fault that names it."""
        ctx.allow_extra_args = True
        left = super().parse_args(ctx, args)
        if left:
            help = f"for example `{COMMANDS[ctx.info_name].example}`"
            raise bad_option(left[0], f"`lrplot {ctx.info_name}` takes no further argument, such as `{left[0]}`", help)
        return left


class _Group(TyperGroup):
    """The command `lrplot`, whose help lists its commands by task."""

    def __init__(self, *arguments: Any, params: list[Any], **options: Any) -> None:
        super().__init__(*arguments, params=[*params, *_common()], **options)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Refuse a name that is no command, by a fault that names the nearest one."""
        from lrplot.wording import did_you_mean

        if args[0] not in self.commands and not args[0].startswith("-"):
            help = did_you_mean(args[0], self.commands, "`lrplot -h` lists the commands")
            raise Fault(f"there is no command `{args[0]}`", field=args[0], code="unknown-command", help=help)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each task, in the order of `Task`."""
        for task, names in groupby(self.list_commands(ctx), key=lambda name: COMMANDS[name].task):
            with formatter.section(task):
                formatter.write_dl([(name, summary(COMMANDS[name].function)) for name in names])


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
        context_settings={**HELP, **_narrow()},
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)
    order = list(Task)
    for name in sorted(names, key=lambda name: (order.index(COMMANDS[name].task), name)):
        app.command(name, cls=_Command, context_settings=HELP, epilog=f"Example: {COMMANDS[name].example}")(
            COMMANDS[name].function
        )
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 success, 1 findings, 2 an error of the user, 130 Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    stdout = sys.stdout
    try:
        # If the first word names a command, the others are not imported.
        app = application(words[:1] if words and words[0] in COMMANDS else COMMANDS)
        code = app(words, prog_name="lrplot", standalone_mode=False)
    except SystemExit:
        if sys.stdout is not stdout:  # Typer replaces it if the pipe that reads its help is closed
            sys.exit(0)
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from lrplot.cli.usage import placed  # only for an error

        known = placed(error, words)
        if not report(known, _color_option(words), "--ascii" in words, _json_command(words)):
            raise
        settle()
        sys.exit(2)
    sys.exit(code or 0)


def _json_command(words: Sequence[str]) -> str:
    """The command of a command line that asks it for JSON, if it has that option; else empty."""
    name = next((word for word in words if word in COMMANDS), "")
    asked = COMMANDS[name].json if name else ""
    if not asked or not (f" {asked} " in f" {' '.join(words)} " or asked.replace(" ", "=") in words):
        return ""
    return name if asked != "--json" or "as_json" in signature(COMMANDS[name].function).parameters else ""


def _color_option(words: Sequence[str]) -> str:
    """The value of `--color`, read from the command line: a command may fail before its options are parsed."""
    for option, value in zip(words, [*words, ""][1:], strict=True):
        if option == "--color" or option.startswith("--color="):
            return option.partition("=")[2] or value
    return "auto"
