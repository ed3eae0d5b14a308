"""Formats of output files, by the suffix of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.registry import Registry
from lrplot.wording import did_you_mean

if TYPE_CHECKING:
    from lrplot.analysis.comparison import Comparison
    from lrplot.output.checked import Report
    from lrplot.output.tables.shared.rows import Rows

TableWriter = Callable[["Rows", IO[bytes]], None]
ReportWriter = Callable[["Comparison", IO[bytes]], None]
FindingsWriter = Callable[["Report"], str]
Finish = Callable[[bytes, str, str, Mapping[str, str]], bytes]
T = TypeVar("T")
W = TypeVar("W", bound=TableWriter)
R = TypeVar("R", bound=ReportWriter)
F = TypeVar("F", bound=FindingsWriter)


@dataclass(frozen=True)
class PictureFormat:
    """A format that matplotlib writes: the metadata it puts into a file, and options of `savefig`.

    A format of `dots` needs memory for each of them. If `finds_fonts`, a viewer looks for a font for each letter.
    `finish` changes the file's content, given the title and the description of the picture, and the dark color of each
    light one if it is to have both. A format that `adapts` can have both.
    """

    suffix: str
    metadata: Mapping[str, str | None]
    options: Mapping[str, Any] = field(default_factory=dict)
    dots: bool = False
    finds_fonts: bool = False
    adapts: bool = False
    finish: Finish = lambda content, title, description, dark: content


TABLES: Registry[TableWriter] = Registry("lrplot.output.tables", by_name=True)
PICTURES: Registry[PictureFormat] = Registry("lrplot.output.image", by_name=True)
FINDINGS: Registry[FindingsWriter] = Registry("lrplot.output.findings", by_name=True)
REPORTS: Registry[ReportWriter] = Registry("lrplot.output.reports", by_name=True)


def table(suffix: str) -> Callable[[W], W]:
    """Register a function that writes rows into a file as the writer of a table format."""

    def register(writer: W) -> W:
        TABLES.add(suffix, writer)
        return writer

    return register


def report(suffix: str) -> Callable[[R], R]:
    """Register a function that writes a comparison into a file as the writer of a report format."""

    def register(writer: R) -> R:
        REPORTS.add(suffix, writer)
        return writer

    return register


def findings_format(name: str) -> Callable[[F], F]:
    """Register a function that gives the text of a report as a format of findings."""

    def register(writer: F) -> F:
        FINDINGS.add(name, writer)
        return writer

    return register


def picture(format: PictureFormat) -> None:
    """Register a picture format."""
    PICTURES.add(format.suffix, format)


def find_format(formats: Mapping[str, T], output: str, name: str | None = None) -> T:
    """The format called `name`, or else that of the suffix of an output's name; a `Fault` if there is none."""
    suffix = Path(output).suffix.lower().removeprefix(".") if name is None else name
    if suffix in formats:
        return formats[suffix]
    if name is None:
        raise Fault(
            f"`{output}` does not end in {', '.join(f'.{suffix}' for suffix in sorted(formats))}", field="output"
        )
    raise Fault(f"there is no format `{name}`", field="format", help=did_you_mean(name, formats))
