"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO


class OutputError(Exception):
    """An output that cannot be written; the message names it and says why."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` once all of it is written.

    Until then the old file stays as it was; after a failure nothing new is left behind.
    A link is followed, and a device or FIFO written to directly. `OutputError` where
    the system refuses.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode) and not target.is_dir():
            with target.open("wb") as file:
                yield file
            return
        with _temporary(target) as file:
            yield file
    except OSError as error:
        raise OutputError(f"cannot write `{path}`: {error.strerror or error}") from error


@contextmanager
def _temporary(target: Path) -> Iterator[IO[bytes]]:
    if target.is_dir():
        raise IsADirectoryError(21, "it is a directory")
    # Named before it exists: wherever Ctrl-C strikes, the name is there to remove.
    part = target.with_name(f".lrplot-{os.getpid()}-{token_hex(8)}.part")
    try:
        with open(part, "xb", opener=_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(_mode(target))
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mode(target: Path) -> int:
    """The old file's permissions, or what the user's umask gives a new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
