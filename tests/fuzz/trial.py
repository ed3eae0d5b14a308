"""One document tried on the readers, and what came of it."""

from __future__ import annotations

import os
import random
import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fuzz.documents import Document
from fuzz.outputs import wrong_output

import lrplot
from lrplot.output.terminal.diagnostics import format_diagnostics

BYTES = 500 << 20
NAMED = ("unreadable", "too-many")  # no place in a text: the message names the file, or counts further faults


@dataclass(frozen=True)
class Outcome:
    """Whether a document was accepted or refused (by the codes of its diagnostics), or what went wrong.

    `seconds` are of processor time.
    """

    codes: tuple[str, ...] = ()
    wrong: str = ""
    seconds: float = 0.0


def limit_memory() -> None:
    """Let this process grow by no more than a document may take."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def furnish(folder: Path) -> None:
    """Put beside the documents what their tables may name."""
    os.mkfifo(folder / "fifo")
    (folder / "folder").mkdir()
    (folder / "loop.csv").symlink_to("loop.csv")
    files = {
        "table.csv": b"step,lr\n0,0.5\n1,0.25\n",
        "empty.csv": b"",
        "binary.csv": bytes(range(256)) * 100,
        "wide.csv": b"lr" + b",x" * 50_000 + b"\n1" + b",2" * 50_000 + b"\n",
        "quoted.csv": b'lr\n"' + b"1\n" * 100_000,
        "latin.csv": b"lr\n1\n# \xe9\n",
        "long_cell.csv": b"lr\n" + b"1" * 1_000_000 + b"\n",
        "nan.csv": b"lr\n1\nnan\ninf\n",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def tried(document: Document, folder: Path) -> Outcome:
    """Load a document, evaluate what it describes, if anything, and look at an output of it."""
    path = folder / f"spec.{document.suffix}"
    path.write_bytes(document.content)
    start = time.process_time()
    codes, wrong = judged(lambda: _load(path))
    seconds = time.process_time() - start
    if not wrong and not codes:
        wrong = wrong_output(path, random.Random(document.content))
    return Outcome(codes, wrong, seconds)


def _load(path: Path) -> None:
    schedule = lrplot.load(path)
    for values in schedule.evaluate(0, min(schedule.steps, 1_000)).values():
        assert np.isfinite(values).all(), "accepted, with values that are not finite"


def judged(load: Callable[[], object]) -> tuple[tuple[str, ...], str]:
    """The codes a document was refused with, none if it was not, and what is wrong with that."""
    try:
        load()
    except lrplot.SpecError as error:
        codes = tuple(each.code for each in error.diagnostics)
        return codes, _fault_of(error)
    except Exception as error:  # anything else is what is looked for
        return (), f"raised {type(error).__name__}: {error}"[:300]
    return (), ""


def _misplaced(diagnostic: lrplot.Diagnostic, span: lrplot.Span) -> str:
    """What is wrong with a place in a text, if anything."""
    if span.line is None:
        return "" if not span.source.text or diagnostic.code == "empty" else "no line"
    if not span.source.text:
        return ""
    if span.line >= len(span.source.lines):
        return f"line {span.line + 1} of {len(span.source.lines)}"
    line = span.source.lines[span.line]
    if not 0 <= span.column <= span.end_column <= len(line):
        return f"columns {span.column} to {span.end_column} of {len(line)}"
    token = line[span.column : span.end_column]
    name = re.search(r"has no field `([\w-]+)`$", diagnostic.message)
    if name and token.strip("\"'") != name[1] and "\\" not in token:
        return f"the caret is under {token!r}"
    shown, caret = format_diagnostics([replace(diagnostic, help=None)], color=False).splitlines()[-2:]
    at = caret.index("^")
    if token and shown.isascii() and not token.replace("\t", " ").startswith(shown[at : at + caret.count("^")].strip()):
        return f"the caret is under {shown[at:]!r}, not {token!r}"
    return ""


def _fault_of(error: lrplot.SpecError) -> str:
    if not error.diagnostics:
        return "refused without a diagnostic"
    for each in error.diagnostics:
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", each.code) or not each.message.strip():
            return f"a diagnostic without a code or a message: {each!r}"[:300]
        if each.code not in NAMED and not (each.span and each.span.source.name):
            return f"no place: {each}"[:300]
        if each.span and (misplaced := _misplaced(each, each.span)):
            return f"misplaced: {misplaced}: {each}"[:300]
    printed = format_diagnostics(error.diagnostics, color=False)
    return "" if printed.replace("\n", "").isprintable() else f"not printable: {printed!r}"[:300]
