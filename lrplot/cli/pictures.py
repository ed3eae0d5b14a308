"""Pictures as files: drawn in memory first, then written whole."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO

import typer

from lrplot.cli.console import Console
from lrplot.cli.options import bad_option
from lrplot.diagnostics import Fault
from lrplot.output.files import OutputError, whole_file

Draw = Callable[[IO[bytes]], str]  # writes a picture into a file, and returns the letters for which there is no font


def write_picture(draw: Draw, output: str) -> None:
    """Write a picture to a file, or to standard output for `-`.

    A warning is printed if letters are missing from it. A `Fault` of the sheet is an error of that option.
    """
    content = io.BytesIO()
    with _nothing_to_clean_up(), _default_matplotlib():
        try:
            missing = draw(content)
        except Fault as fault:
            if fault.field not in ("size", "dpi", "theme"):
                raise
            raise bad_option(f"--{fault.field}", fault.message, fault.help) from None
    if missing:
        _warn(f"no installed font has {' '.join(missing)}: they are drawn as boxes (a .svg file keeps them as text)")
    if output == "-":
        Console().emit_bytes(lambda file: file.writelines([content.getvalue()]))
        return
    with whole_file(Path(output)) as file:
        file.write(content.getvalue())


def _warn(message: str) -> None:
    with suppress(OutputError, typer.Exit):  # standard error is closed
        Console(sys.stderr).emit(f"warning: {message}\n")


@contextmanager
def _nothing_to_clean_up() -> Iterator[None]:
    """End the process at once on a signal that would end it by an exception.

    The imports and the callbacks of matplotlib and numpy do not survive an exception: it would be printed, or lost.
    """
    exits = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    handlers = {}
    for number in exits:
        handler = signal.getsignal(number)
        if callable(handler):  # neither ignored nor left to the system
            handlers[number] = handler
            signal.signal(number, _exit)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)


@contextmanager
def _default_matplotlib() -> Iterator[None]:
    """Keep matplotlib from the user's backend, which draws windows, and from their settings, on which it remarks."""
    package = find_spec("matplotlib")
    folder = Path(package.origin).parent if package and package.origin else Path()
    own = {"MPLBACKEND": "agg", "MATPLOTLIBRC": str(folder / "mpl-data" / "matplotlibrc")}
    before = {name: os.environ.get(name) for name in own}
    logger = logging.getLogger("matplotlib")
    level = logger.level
    os.environ.update(own)
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
