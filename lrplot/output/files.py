"""Files that are written completely or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from lrplot.output.unfinished import undone_by_signals

BOM = "\ufeff".encode()


class OutputError(Exception):
    """An output that cannot be written; the message has its name and the reason."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that replaces `path` once it is complete.

    Until then the old file is unchanged; after a failure no new file is left. A link is
    followed: its target is replaced by a file with the same permissions and, if the system
    allows that, the same owner. A device or a pipe is written to directly; a closed pipe is
    no error. `OutputError` if the system refuses. When the data reaches the disk is left to the system.
    """
    try:
        with _stream(path) if _is_stream(path) else _temporary(Path(os.path.realpath(path))) as file:
            yield file
    except OSError as error:
        lost = isinstance(error, FileNotFoundError) and not path.parent.exists()
        reason = f"the folder `{path.parent}` does not exist" if lost else error.strerror or error
        raise OutputError(f"cannot write `{path}`: {reason}") from error


def rewrite(path: Path, before: str, after: str) -> None:
    """Replace the text of a UTF-8 file, which must still be `before`; byte order marks and line ends are kept.

    The new text is on the disk before the old one is gone: nobody could write it again. `OutputError` if the system
    refuses, if it is no regular file, or if it was changed.
    """
    try:
        if _is_stream(path):  # to read it again would wait for another writer
            raise OutputError(f"cannot write `{path}`: it is not a regular file")
        content = path.read_bytes()
    except OSError as error:
        raise OutputError(f"cannot write `{path}`: {error.strerror or error}") from error
    old = before.encode()
    if not content.endswith(old) or content[: len(content) - len(old)].strip(BOM):
        raise OutputError(f"cannot write `{path}`: it was changed after it was read")
    with whole_file(path) as file:
        file.write(content[: len(content) - len(old)] + after.encode())
        file.flush()
        os.fsync(file.fileno())


def _is_stream(path: Path) -> bool:
    # Before links are resolved: /dev/stdout leads to a pipe that has no path.
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
    # The name is known before the file exists: at any time, a signal removes the file.
    part = target.with_name(f".lrplot-{os.getpid()}-{os.urandom(8).hex()}.part")
    with undone_by_signals(partial(part.unlink, missing_ok=True)):
        try:
            with _created(part) as file:
                yield file
            _make_like(part, old)
            part.replace(target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def _status(target: Path) -> os.stat_result | None:
    """The status of the old file, None if there is none; an error if it may not be replaced."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a directory")
    if not os.access(target, os.W_OK):  # the permissions of the folder alone would allow a replacement
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
    """Give a file the owner and permissions of the old one, or those that the umask gives to a new file."""
    if old is None:
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        return
    if sys.platform != "win32":
        with suppress(OSError):  # only the administrator may change the owner
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))
