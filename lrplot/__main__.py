"""The `lrplot` command, and `python -m lrplot`: a process of its own, set up before anything large is imported."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

MANY = 100_000  # new objects before rubbish is looked for


def run() -> None:
    """Run the command line and exit."""
    # lrplot uses no BLAS, whose threads would cost more than all of `import numpy`.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What is imported is kept to the end: looking there for rubbish takes a tenth of a short run.
    gc.set_threshold(MANY)
    with _ending_at_once():
        from lrplot.cli.main import main
    _end_cleanly()
    try:
        main()
    except SystemExit as ending:
        if isinstance(ending.code, int) and not (sys.gettrace() or sys.getprofile()):
            _exit(ending.code)
        raise


def _exit(code: int) -> NoReturn:
    """End the process as it stands: to take apart all that was imported takes another tenth of a short run."""
    from lrplot.cli.console import settle

    atexit._run_exitfuncs()
    settle()
    os._exit(code)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the program without a traceback while there is nothing to clean up yet."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_cleanly() -> None:
    """Let `kill` and a closed terminal end the program as Ctrl-C does: half-written files are removed."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # under nohup it is ignored
            signal.signal(number, lambda number, _: sys.exit(128 + number))


if __name__ == "__main__":
    run()
