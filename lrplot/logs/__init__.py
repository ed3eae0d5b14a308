"""Training logs as points, one file per format."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from lrplot.lazy import dataclass
from lrplot.registry import Registry, section, summary

if TYPE_CHECKING:
    from lrplot.logs.shared.rows import Rows

Read = Callable[[Any], "Rows"]


class Shape(IntEnum):
    """The parts that a log consists of, in the order in which a folder's logs are preferred."""

    DOCUMENT = 0  # one JSON document with a list of rows
    ARRAYS = 1  # one JSON document with an array for each column
    JSON_LINES = 2  # a JSON object a line
    TABLE = 3  # cells in columns under a header
    TEXT = 4  # lines of which some have values, in a fixed form
    BINARY = 5  # records of bytes


@dataclass(eq=False)
class LogFormat:
    """A format of logs, and how it is read.

    `read(log)` gives the rows; `log` is a reader of the format's shape. A log is recognised by its head: each of
    `marks` is a pattern that must match the name of a column or key (DOCUMENT, ARRAYS, JSON_LINES, TABLE), or be found
    in a line, one after the other (TEXT), or at the start of the bytes (BINARY); no name may match one of `never`.
    `files` are the names that the program gives its logs, as patterns relative to the folder of the run. `extends`
    names the formats whose marks this one's logs have too; a `general` one is taken only if no other fits.
    """

    name: str
    read: Read
    shape: Shape
    marks: tuple[str, ...]
    never: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    general: bool = False

    @property
    def title(self) -> str:
        """The name of the format in words, from the first line of the docstring."""
        return self.description.partition(":")[0].rstrip(".")

    @property
    def description(self) -> str:
        """The first line of the docstring."""
        return summary(self.read)

    @property
    def keys(self) -> str:
        """The columns, keys or words of a line that are read."""
        return section(self.read, "Keys")

    @property
    def source(self) -> str:
        """The program's file that writes the log."""
        return section(self.read, "Source")

    def fits_names(self, names: Collection[str]) -> bool:
        """Whether a log with columns or keys of these names can be of this format."""
        found = all(any(re.fullmatch(mark, name) for name in names) for mark in self.marks)
        return found and not any(re.fullmatch(mark, name) for mark in self.never for name in names)

    def fits_text(self, text: str) -> bool:
        """Whether a log whose text begins like this can be of this format."""
        from lrplot.logs.shared.texts import one_line

        return one_line(*(re.sub(r"\?P<\w+>", "?:", mark) for mark in self.marks)).search(text) is not None

    def fits_bytes(self, content: bytes) -> bool:
        """Whether a log whose bytes begin like this can be of this format."""
        return all(re.match(mark.encode("latin-1"), content, re.DOTALL) for mark in self.marks)


LOGS: Registry[LogFormat] = Registry(__name__)


def log_format(
    name: str,
    shape: Shape,
    *,
    marks: tuple[str, ...],
    never: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
    extends: tuple[str, ...] = (),
    general: bool = False,
) -> Callable[[Read], Read]:
    """Register a function `(log)` as the reader of a format of logs; see `LogFormat`."""

    def register(read: Read) -> Read:
        LOGS.add(name, LogFormat(name, read, shape, marks, never, files, extends, general))
        return read

    return register
