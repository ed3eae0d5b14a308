"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class OutputError(Exception):
    """An output that cannot be written; the message names it and says why."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` once all of it is written.

    Until then the old file stays as it was; after a failure nothing new is left behind.
    A link is followed: what it leads to is replaced, with the permissions and, where the
    system allows, the owner it had. A device or pipe is written to directly, and quietly
    left where nobody reads any more. `OutputError` where the system refuses.
    """
    try:
        with _stream(path) if _is_stream(path) else _temporary(Path(os.path.realpath(path))) as file:
            yield file
    except OSError as error:
        raise OutputError(f"cannot write `{path}`: {error.strerror or error}") from error


def _is_stream(path: Path) -> bool:
    # Asked before links are spelled out: /dev/stdout leads to a pipe that has no path.
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes]]:
    with suppress(BrokenPipeError), path.open("wb") as file:
        yield file


@contextmanager
def _temporary(target: Path) -> Iterator[IO[bytes]]:
    old = _status(target)
    # Named before it exists: wherever Ctrl-C strikes, the name is there to remove.
    part = target.with_name(f".lrplot-{os.getpid()}-{os.urandom(8).hex()}.part")
    try:
        with _created(part) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _make_like(part, old)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _status(target: Path) -> os.stat_result | None:
    """What the old file is like, None where there is none; an error where it is not ours to replace."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a directory")
    if not os.access(target, os.W_OK):  # the folder's permissions alone would let it be replaced
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return old


def _created(part: Path) -> IO[bytes]:
    try:
        return open(part, "xb", opener=_private)
    except PermissionError:
        raise PermissionError(errno.EACCES, "no permission to write in its folder") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_like(part: Path, old: os.stat_result | None) -> None:
    """Give a file the old one's owner and permissions, or what the user's umask gives a new one."""
    if old is None:
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        return
    if sys.platform != "win32":
        with suppress(OSError):  # only the administrator may give files away
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))
