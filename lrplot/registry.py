"""Tables of definitions, the files of a package, and the paragraphs of a docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, ValuesView
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Definitions by name, in the order of the files and of the definitions in them.

    If `package` is given, the definitions in its modules register themselves: a lookup imports one
    module after the other until the name is found, and an iteration all of them. If `by_name`, each
    module has the definition of its own name, so that a lookup imports that one first.
    """

    def __init__(self, package: str = "", *, by_name: bool = False) -> None:
        self._entries: dict[str, T] = {}
        self._package = package
        self._by_name = by_name
        self._left: list[str] | None = None  # modules not imported yet; None before the first lookup

    def add(self, name: str, entry: T) -> None:
        """Add a definition; `ValueError` if the name is taken."""
        if name in self._entries:
            raise ValueError(f"{name!r} is already registered")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> T:
        first = name.replace("-", "_") if self._by_name else ""
        while name not in self._entries and self._import_next(first):
            pass
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def values(self) -> ValuesView[T]:
        """The definitions: those of the table itself, as the mixin's would look up each name again."""
        return self._loaded().values()

    def _loaded(self) -> dict[str, T]:
        while self._import_next():
            pass
        return self._entries

    def _import_next(self, first: str = "") -> bool:
        """Import the module `first`, if it is not imported yet, or else the next one; False if there is none left."""
        if self._left is None:
            self._left = module_names(self._package) if self._package else []
        if not self._left:
            return False
        name = first if first in self._left else self._left[0]
        self._left.remove(name)
        import_module(f"{self._package}.{name}")
        return True


def module_names(package: str) -> list[str]:
    """The names of the modules and folders in a package, in alphabetical order, without `shared`."""
    names = [module.name for module in iter_modules(import_module(package).__path__)]
    return [name for name in names if name != "shared"]


@cache
def summary(function: Callable[..., Any]) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(function) or "").split("\n", 1)[0]


def section(function: Callable[..., Any], title: str) -> str:
    """A labelled paragraph of a docstring, such as `Formula` or `Source`; empty if there is none."""
    match = re.search(rf"^{title}: (.+(?:\n    .+)*)", inspect.getdoc(function) or "", re.MULTILINE)
    return " ".join(match[1].split()) if match else ""
