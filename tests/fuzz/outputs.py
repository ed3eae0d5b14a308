"""What the commands print and write for a spec, parsed back: each function gives what is wrong, or nothing."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np

import lrplot
from lrplot.cli.main import main
from lrplot.wording import cells

Rng = random.Random
WIDTHS = (40, 47, 57, 80, 120, 200)
CODES = (0, 1, 2)
OUTPUTS: list[Callable[[Path, Rng], None]] = []


class Wrong(Exception):
    """An output that is not as it should be."""


def output(check: Callable[[Path, Rng], None]) -> Callable[[Path, Rng], None]:
    """List a check of one kind of output."""
    OUTPUTS.append(check)
    return check


def called(*arguments: object, codes: tuple[int, ...] = CODES) -> str:
    """What a command prints; `Wrong` for another exit code, a warning, or characters that control a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code or 0
    printed, said = (stream.buffer.getvalue().decode() for stream in (out, err))
    if code not in codes:
        raise Wrong(f"{arguments[0]}: exit code {code}: {said[-200:]}")
    text = (printed + said).replace("\n", "")
    if not text.isprintable():
        raise Wrong(f"{arguments[0]}: not printable: {[char for char in text if not char.isprintable()]}")
    if "Traceback" in said or "Warning" in said:
        raise Wrong(f"{arguments[0]}: {said[-300:]}")
    return printed


def strict(text: str) -> object:
    """JSON without the constants that only Python knows."""

    def refuse(name: str) -> None:
        raise Wrong(f"{name} in JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise Wrong(f"not JSON: {error}: {text[:100]!r}") from None


def narrow(text: str, width: int) -> None:
    """Refuse lines that are wider than asked."""
    for line in text.splitlines():
        if cells(line) > width:
            raise Wrong(f"{cells(line)} columns of {width}: {line!r}")


@output
def page(path: Path, rng: Rng) -> None:
    """`show` at some width."""
    width = rng.choice(WIDTHS)
    narrow(called("show", path, "--width", width, *rng.choice(((), ("--log",), ("--spark",), ("--ascii",)))), width)


@output
def data(path: Path, rng: Rng) -> None:
    """`show --json`."""
    if text := called("show", path, "--json"):
        strict(text)


@output
def comparison(path: Path, rng: Rng) -> None:
    """`compare` with another spec at some width, as text and as JSON."""
    width, other = rng.choice(WIDTHS), rng.choice((path, "cosine", "one_cycle"))
    narrow(called("compare", path, other, "--width", width), width)
    if text := called("compare", other, path, "--json"):
        strict(text)


@output
def findings(path: Path, rng: Rng) -> None:
    """`check` in every format."""
    called("check", path)
    strict(called("check", path, "--format", "json"))
    for line in called("check", path, "--format", "github").splitlines():
        if not re.match(r"::(error|warning|notice) file=", line):
            raise Wrong(f"not a workflow command: {line!r}")


@output
def table(path: Path, rng: Rng) -> None:
    """`export` of the first steps: the values that the schedule has."""
    schedule = lrplot.load(path)
    stop = min(schedule.steps, 300)
    header, *rows = list(csv.reader(io.StringIO(called("export", path, "--stop", stop, codes=(0,)))))
    tracks = schedule.evaluate(0, stop)
    if header != ["step", *tracks]:
        raise Wrong(f"header {header}")
    for name, values in tracks.items():
        column = np.array([float(row[header.index(name)]) for row in rows])
        if not np.array_equal(column, values):
            raise Wrong(f"column {name} does not read back")


@output
def picture(path: Path, rng: Rng) -> None:
    """`plot` as SVG, now and then, for it takes long."""
    if rng.random() < 0.9:
        return
    target = path.with_name("out.svg")
    target.unlink(missing_ok=True)
    called("plot", path, "-o", target, *rng.choice(((), ("--log",))))
    if target.exists():
        text = "".join(ElementTree.fromstring(target.read_bytes()).itertext())
        if not text.replace("\n", "").isprintable():
            raise Wrong("control characters in SVG")


def wrong_output(path: Path, rng: Rng) -> str:
    """What is wrong with one of the outputs for a spec that can be loaded, chosen by chance; empty if nothing is."""
    check = rng.choice(OUTPUTS)
    try:
        check(path, rng)
    except Exception as error:  # anything else than the output is what is looked for
        return f"{check.__name__}: {type(error).__name__}: {error}"[:400]
    return ""
