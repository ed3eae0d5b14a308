"""The `lrplot` command, and `python -m lrplot`: signals, and the start and the end of the process."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def run() -> None:
    """Run the command line and exit.

    OpenBLAS starts no threads: lrplot does not use them, and `import numpy` takes 83 ms instead
    of 104 ms (two cores).
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with _interruptible():
        from lrplot.cli.main import main
    _exit_on_signals()
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int) and not (sys.gettrace() or sys.getprofile()):
            _exit(end.code)
        raise


def _exit(code: int) -> NoReturn:
    """End the process without freeing its modules and objects: `--version` takes 63 ms instead of 82 ms."""
    from lrplot.cli.console import settle

    atexit._run_exitfuncs()
    settle()
    os._exit(code)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process without a traceback, while there is nothing to clean up."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the process as Ctrl-C does, so that incomplete files are removed."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, lambda number, _: sys.exit(128 + number))


if __name__ == "__main__":
    run()
