"""Undoing what a process leaves unfinished."""

from __future__ import annotations

from lrplot.output.unfinished import undo, undone_by_signals


def test_only_blocks_that_run_are_undone_the_last_one_first():
    called = []

    def fail():
        called.append("failed")
        raise OSError

    with undone_by_signals(lambda: called.append("outer")):
        with undone_by_signals(lambda: called.append("over")):
            pass
        with undone_by_signals(fail):
            undo()
    undo()
    assert called == ["failed", "outer"]
