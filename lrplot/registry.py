"""Tables of named things, which know what a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Definitions by name, in the order they were defined."""

    def __init__(self) -> None:
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> None:
        """Add a definition; a name taken twice is a programming error."""
        if name in self._entries:
            raise ValueError(f"{name!r} is already registered")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The cure for a misspelt name: the nearest known one, or the whole short list."""
    from difflib import get_close_matches  # only where something is misspelt

    names = list(known)
    folded = {each.lower(): each for each in reversed(names)}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{folded[near[0]]}`?"
    return "known: " + ", ".join(f"`{each}`" for each in names) if names else None
