"""Unfinished things that a process undoes if a signal ends it: files that are incomplete, a cursor that is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_UNDO: list[Callable[[], object]] = []


@contextmanager
def undone_by_signals(action: Callable[[], object]) -> Iterator[None]:
    """Let a signal that ends the process call `action` first, as long as the block runs."""
    _UNDO.append(action)
    try:
        yield
    finally:
        _UNDO.remove(action)


def undo() -> None:
    """Call the actions of all blocks that run, the last one first; a failure is ignored."""
    for action in reversed(_UNDO):
        with suppress(Exception):
            action()
