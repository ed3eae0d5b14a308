"""Tables of definitions, the files of a package, and the paragraphs of a docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Definitions by name, in the order of the files and of the definitions in them.

    If `package` is given, all of its modules are imported when the table is first read, so that the
    definitions in them register themselves. An empty `package` imports nothing.
    """

    def __init__(self, package: str = "") -> None:
        self._entries: dict[str, T] = {}
        self._package = package

    def add(self, name: str, entry: T) -> None:
        """Add a definition; `ValueError` if the name is taken."""
        if name in self._entries:
            raise ValueError(f"{name!r} is already registered")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> T:
        return self._loaded()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def _loaded(self) -> dict[str, T]:
        package, self._package = self._package, ""
        if package:
            for name in module_names(package):
                import_module(f"{package}.{name}")
        return self._entries


def module_names(package: str) -> list[str]:
    """The names of the modules and folders in a package, in alphabetical order."""
    return [module.name for module in iter_modules(import_module(package).__path__)]


def summary(function: Callable[..., Any]) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(function) or "").split("\n", 1)[0]


def section(function: Callable[..., Any], title: str) -> str:
    """A labelled paragraph of a docstring, such as `Formula` or `Source`; empty if there is none."""
    match = re.search(rf"^{title}: (.+(?:\n    .+)*)", inspect.getdoc(function) or "", re.MULTILINE)
    return " ".join(match[1].split()) if match else ""
