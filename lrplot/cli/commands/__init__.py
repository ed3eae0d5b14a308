"""The commands, one file each: a function that registers itself under its own name, with the task it is for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from lrplot.lazy import dataclass
from lrplot.registry import Registry

F = TypeVar("F", bound=Callable[..., None])


class Task(StrEnum):
    """Groups of commands: the sections of `lrplot --help`."""

    LOOK = "Look"
    CHECK = "Check"
    MOVE = "Move"
    LEARN = "Learn"


@dataclass(eq=False)
class Command:
    """A function whose signature is the command's options and whose docstring is its help; and a call of it.

    With the words `json`, it prints JSON, its errors too.
    """

    function: Callable[..., Any]
    task: Task
    example: str
    json: str = "--json"


COMMANDS: Registry[Command] = Registry(__name__, by_name=True)


def command(task: Task, example: str, json: str = "--json") -> Callable[[F], F]:
    """Register a function as the command of its name; `example` is a command line that works anywhere.

    Its file must not import annotations from the future: Typer would compile each of them.
    """

    def register(function: F) -> F:
        COMMANDS.add(function.__name__.replace("_", "-"), Command(function, task, example, json))
        return function

    return register
