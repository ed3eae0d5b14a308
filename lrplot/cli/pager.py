"""The user's pager, for lists that are longer than the terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from typing import TextIO

LESS = "FRX"  # as git has it: end if all fits, show colors, leave the text on the screen
MISSING = 127  # the exit code of a shell that does not find a command


def page(text: str, stream: TextIO) -> bool:
    """Show a text by the pager; False if there is none, if it is not found, or if the stream is no file.

    The pager is the command in `LRPLOT_PAGER`, else in `PAGER`, else `less`; an empty one, or `cat`, is none.
    """
    command = _command()
    if command in ("", "cat") or os.environ.get("TERM") == "dumb" or not _is_file(stream):
        return False
    stream.flush()
    environment = {"LESS": LESS, "LV": "-c", **os.environ}
    # Ctrl-C is for the pager, which would inherit that it is ignored.
    handler = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        process = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, stdout=stream, env=environment)
        with suppress(BrokenPipeError):  # the user has seen enough
            process.communicate(text.encode(stream.encoding or "utf-8", "replace"))
        return process.wait() != MISSING
    finally:
        signal.signal(signal.SIGINT, handler)


def _is_file(stream: TextIO) -> bool:
    try:
        return stream.fileno() >= 0
    except OSError:
        return False


def _command() -> str:
    for name in ("LRPLOT_PAGER", "PAGER"):
        if (command := os.environ.get(name)) is not None:
            return command.strip()
    return "less" if shutil.which("less") else ""
