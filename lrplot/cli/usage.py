"""Errors in the words of a command line, as diagnostics that point at the word."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import typer

# Typer's own copy of Click, which raises these; Typer has no public name for them.
from typer._click.exceptions import (
    BadOptionUsage,
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
)

from lrplot.cli.commands import COMMANDS
from lrplot.diagnostics import Diagnostic, Fault, NotFinite, Source, Span, SpecError, parts_of
from lrplot.output.text import printable
from lrplot.wording import did_you_mean, one_of


class CommandLine:
    """The words after `lrplot` as one line of text, with the place of each."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.quoted = [shlex.quote(printable(word)) for word in words]
        self.source = Source("command line", " ".join(["lrplot", *self.quoted]))

    @property
    def command(self) -> str:
        """The command as its user writes it: `lrplot show`, or `lrplot` alone."""
        return f"lrplot {self.name}".rstrip()

    @property
    def name(self) -> str:
        """The name of the command; empty if there is none."""
        return next((word for word in self.words if word in COMMANDS), "")

    @property
    def example(self) -> str:
        """A command line that works, as a cure; with no command, where to find one."""
        return f"for example `{COMMANDS[self.name].example}`" if self.name else "`lrplot -h` lists the commands"

    def place(self, field: str | None) -> Span | None:
        """The place of an option's value, or of a word; None if the line has no such word."""
        if field and field.startswith("-"):
            return self.value(*field.split("/"))[1]
        return self.word(field) if field in self.words else None

    def word(self, name: str) -> Span:
        """The place of the last word that is `name`, an option with or without its value; else of the whole line."""
        index, _ = self._last(name)
        return self._whole() if index is None else self._span(index, 0, len(name))

    def value(self, *options: str) -> tuple[str, Span]:
        """The last value of an option, by any of its names, as its user writes it; and its place."""
        index, option = self._last(*options)
        if index is None:
            return "", self._whole()
        word = self.words[index]
        if word == option:
            index, skip = min(index + 1, len(self.words) - 1), 0
        else:
            skip = len(option) + word.startswith(f"{option}=")
        return self.words[index][skip:], self._span(index, skip, len(self.words[index]))

    def _last(self, *names: str) -> tuple[int | None, str]:
        """The index of the last word that is one of some names, or an option of that name with its value; the name."""
        for index in reversed(range(len(self.words))):
            for name in names:
                short = len(name) > 1 and name[0] == "-" != name[1]
                if self.words[index] == name or self.words[index].startswith(name if short else f"{name}="):
                    return index, name
        return None, ""

    def _whole(self) -> Span:
        return Span(self.source, line=0, end_column=len(self.source.text))

    def _span(self, index: int, start: int, stop: int) -> Span:
        """The place of some letters of a word; of the whole word if it is quoted."""
        column = len(" ".join(["lrplot", *self.quoted[:index]])) + 1
        if self.quoted[index] != self.words[index]:
            start, stop = 0, len(self.quoted[index])
        return Span(self.source, line=0, column=column + start, end_column=column + max(stop, start + 1))


def placed(error: Exception, words: Sequence[str]) -> Exception:
    """An error in the command line as one that points at the word, a value that is not finite as that of a spec."""
    match error:
        case NotFinite():
            return SpecError(Diagnostic("not-finite", error.message("the schedule")))
        case Fault():
            return SpecError(*fault_diagnostics(error, words))
        case ClickException() if not isinstance(error, NoArgsIsHelpError):
            return SpecError(usage_diagnostic(error, words))
    return error


def fault_diagnostics(fault: Fault, words: Sequence[str]) -> list[Diagnostic]:
    """A fault whose `field` is an option (`--width`, `--output/-o`) or a word of the command line."""
    line = CommandLine(words)
    return [
        Diagnostic(part.code, part.message, part.span or line.place(part.field), part.help) for part in parts_of(fault)
    ]


def usage_diagnostic(error: ClickException, words: Sequence[str]) -> Diagnostic:
    """The refusals of the command line's parser."""
    line = CommandLine(words)
    described = f"`{line.command} -h` describes its options"
    match error:
        case NoSuchOption(option_name=name, ctx=context):
            known = [option for param in context.command.params for option in param.opts] if context else []
            help = did_you_mean(name, known, described)
            return Diagnostic("unknown-option", f"`{line.command}` has no option `{name}`", line.word(name), help)
        case BadOptionUsage(option_name=name):
            takes = "takes no value" if f"{name}=" in " ".join(words) else "needs a value"
            return Diagnostic("bad-option", f"`{name}` {takes}", line.word(name), described)
        case MissingParameter(param=param, ctx=context) if param and context:
            option = f"{max(param.opts, key=len)} " if param.param_type_name == "option" else ""
            message = f"`{line.command}` needs `{option}{param.make_metavar(context)}`"
            return Diagnostic("missing-option", message, line.word(""), line.example)
        case typer.BadParameter(param=param) if param and param.param_type_name == "argument":
            value = next((word for word in reversed(words) if repr(word) in error.message), "")
            choices = getattr(param.type, "choices", ())
            message = f"`{line.command}` takes {one_of(choices)}, not `{value}`" if choices else error.message
            return Diagnostic("bad-option", message, line.word(value), did_you_mean(value, choices, described))
        case typer.BadParameter(param=param) if param:
            option = max(param.opts, key=len)
            value, place = line.value(*param.opts)
            if choices := getattr(param.type, "choices", None):
                help = did_you_mean(value, choices, described)
                return Diagnostic("bad-option", f"`{option}` takes {one_of(choices)}, not `{value}`", place, help)
            return Diagnostic("bad-option", f"`{option}` {error.message}", place)
    return Diagnostic("bad-option", error.format_message(), line.word(""), described)
