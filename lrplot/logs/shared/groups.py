"""Parameter groups: which is the main one, and which are copies."""

from __future__ import annotations

from itertools import combinations

from lrplot.logs.shared.rows import Rows


def main_group(rows: Rows) -> Rows:
    """The same rows, with the first group that has the values of another one as `lr`.

    Weights and normalisation layers have the same rate; biases have one of their own during the warmup.
    """
    names = [name for name in rows.columns.tracks if name.startswith("lr/")]
    main = next((one for one, other in combinations(names, 2) if rows.same(one, other)), None)
    if main:
        rows.rename_main(main)
    return rows


def without_copy(rows: Rows, group: str) -> Rows:
    """The same rows, without a group whose values are those of `lr`."""
    if rows.same("lr", group):
        rows.drop(group)
    return rows
