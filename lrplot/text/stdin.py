"""Standard input, whose head can be looked at before it is read."""

from __future__ import annotations

import sys
from typing import BinaryIO, TextIO


class StandardInput:
    """A stream that is read once, but for its head."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = b""

    def head(self, size: int) -> bytes:
        """The next bytes, without moving on; fewer only at the end."""
        while len(self._head) < size and (more := self._stream.read(size - len(self._head))):
            self._head += more
        return self._head[:size]

    def read(self, size: int) -> bytes:
        """The next bytes."""
        found, self._head = self._head[:size], self._head[size:]
        return found + self._stream.read(size - len(found)) if len(found) < size else found


_known: tuple[TextIO, StandardInput] | None = None


def standard_input() -> StandardInput | None:
    """Standard input; None if it is closed."""
    global _known
    stream: TextIO | None = sys.stdin  # None if it is closed, unlike its declared type
    if stream is None:
        return None
    if _known is None or _known[0] is not stream:
        _known = stream, StandardInput(stream.buffer)
    return _known[1]
