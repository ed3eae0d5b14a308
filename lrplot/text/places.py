"""Places that files are read from: the disk, or a stand-in for it, such as a revision of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

Find = Callable[[Path], Path]

_FIND: ContextVar[Find | None] = ContextVar("find", default=None)


def on_disk(path: Path) -> Path:
    """The file or folder on disk that holds what a path names: the path itself, unless `reading_from` maps it."""
    find = _FIND.get()
    return path if find is None else find(path)


@contextmanager
def reading_from(find: Find) -> Iterator[None]:
    """Map the path of every file that a spec or config reads to the file that is read in its place."""
    token = _FIND.set(find)
    try:
        yield
    finally:
        _FIND.reset(token)
