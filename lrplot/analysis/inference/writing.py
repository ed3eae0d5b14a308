"""An inference as a spec in YAML, with what it says about itself in comments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import floor, log10
from typing import Any

from lrplot.analysis.inference.result import Inference, Open
from lrplot.runs.log import Log
from lrplot.text.objects import read_mapping
from lrplot.text.tree import Mapping
from lrplot.text.write import write_yaml
from lrplot.wording import learning_rate, several

ONE = {"updates": "", "batches": "batch", "epochs": "", "samples": "sample", "tokens": "token", "rows": "row"}


def text_of(found: Inference, log: Log) -> str:
    """The spec in YAML below comments: how well it fits, the convention, what is open, and ties."""
    tree = read_mapping(found.spec, "<inferred>")
    assert isinstance(tree, Mapping)
    return write_yaml(tree, head=list(_comments(found, log)))


def _comments(found: Inference, log: Log) -> Iterator[str]:
    rows = several(found.points, "row")
    share = f"{found.largest:.2g} of the peak"
    if found.exact:
        digits = "in float32" if found.float32 else "to the printed digits"
        yield f"{found.name}: equal at all {rows} of {log.source}, {digits} (largest difference {share})"
    else:
        yield f"nothing found equals the {rows} of {log.source}"
        yield f"nearest: {found.name}, at most {share} away, at step {found.step:,}"
    if len(log.runs) > 1:
        yield f"the last of {len(log.runs)} runs in the log"
    yield found.convention
    if unit := ONE[log.unit]:
        unnumbered = "; the log has no steps, and a row may stand for several updates" if unit == "row" else ""
        yield f"a step is a {unit}{unnumbered}"
    for each in found.open:
        yield f"open: {open_text(each)}"
    for tie in found.ties:
        yield f"fits as well: {_inline(tie.spec)}{' (one update later)' if tie.offset != found.offset else ''}"


def open_text(each: Open) -> str:
    """An open parameter in words."""
    low, high = each.low, each.high
    if low is None and high is None:
        return f"{each.name}: {each.note}"
    if low is None or high is None:
        edge = (_number(low, 0), "or more") if low is not None else (_number(high or 0.0, 0), "or less")
        bounds = " ".join(edge)
    else:
        bounds = f"{_number(low, high - low)} … {_number(high, high - low)}"
    return f"{each.name} {bounds}" + (f" ({each.note})" if each.note else "")


def _number(value: float, width: float) -> str:
    """A bound of a range of some width: with enough digits to show it."""
    if value == round(value) and abs(value) >= 1:
        return f"{value:,.0f}"
    digits = 4 if not 0 < width < abs(value) else min(max(4, 2 - floor(log10(width / abs(value)))), 17)
    return learning_rate(value, digits)


def _inline(value: Any) -> str:
    """A spec in one line, as YAML's flow style."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_inline(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case str():
            return str(value)
    return json.dumps(value)
