"""The speed of lrplot against floors and peers, as ratios.

python tests/benchmarks/run.py [--only ROW] [--rounds N] [--peers PYTHON]

A ratio is the median of pairs of runs, ours and the other side's in turn. Rows whose
peer is not installed say so; `--peers` names an interpreter that has some of them, and
may be given several times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.rows import Row
    from benchmarks.timing import Finding

WIDTHS = (34, 24, 11, 17, 10)
LEFT = 2  # columns of text; the rest are numbers


def main() -> None:
    """Print the table, a row as soon as it is measured."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from benchmarks.rows import Pythons, rows

    options = _options()
    _print("", "against", "median", "least … most", "at most", "holds")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Pythons(options.peers), Path(folder)):
            if options.only not in row.name:
                continue
            if not row.theirs[0]:
                _print(row.name, row.against, f"{row.needs} is not installed")
                continue
            try:
                _print(*_cells(row, row.measured(options.rounds)))
            except RuntimeError as error:
                _print(row.name, row.against, f"failed: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="lrplot's speed against floors and peers.")
    parser.add_argument("--only", default="", metavar="ROW", help="rows whose name contains this")
    parser.add_argument("--rounds", type=int, metavar="N", help="pairs of runs; by default as each row needs")
    parser.add_argument("--peers", action="append", default=[], metavar="PYTHON", help="an interpreter with peers")
    return parser.parse_args()


def _cells(row: Row, found: Finding) -> list[str]:
    held = found.holds(row.bound)
    spread = f"{_number(found.least)} … {_number(found.most)}"
    bound = "" if row.bound is None else f"{_number(row.bound)} {row.unit}".strip()
    return [row.name, row.against, _number(found.median), spread, bound, {None: "", True: "yes", False: "NO"}[held]]


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _print(*cells: str) -> None:
    aligned = [
        cell.ljust(width) if column < LEFT or len(cells) < len(WIDTHS) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, WIDTHS, strict=False))
    ]
    sys.stdout.write("  ".join([*aligned, *cells[len(WIDTHS) :]]).rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
