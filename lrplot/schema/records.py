"""Records: classes whose annotated fields are keys of a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
INIT = "__init__"


@dataclass_transform(eq_default=False)
def record(cls: type[T]) -> type[T]:
    """Make a class a dataclass, but only when its fields are read or its first object is made.

    A dataclass compiles code for its methods. Every config is shown to all programs' readers, whose sections are some
    80 classes, and it needs those of one of them: this takes 0.11 of the 0.41 billion instructions of importing 29
    readers.
    """
    setattr(cls, INIT, _make_and_begin)
    return cls


def made(cls: type[T]) -> type[T]:
    """A record, and those that it extends, as dataclasses; any other class as it is."""
    for each in reversed(cls.__mro__):
        if vars(each).get(INIT) is _make_and_begin:
            delattr(each, INIT)
            dataclass(eq=False)(each)
    return cls


def _make_and_begin(self: Any, *values: Any, **named: Any) -> None:
    getattr(made(type(self)), INIT)(self, *values, **named)
