"""An inference as data."""

from __future__ import annotations

from typing import Any

from lrplot.analysis.inference.result import Inference


def inference_data(found: Inference) -> dict[str, Any]:
    """What `lrplot infer --json` prints: the spec, how well it fits, what is open, and ties."""
    return {
        "name": found.name,
        "exact": found.exact,
        "largest": found.largest,
        "step": found.step,
        "points": found.points,
        "offset": found.offset,
        "convention": found.convention,
        "float32": found.float32,
        "spec": found.spec,
        "text": found.text,
        "open": [{"name": each.name, "low": each.low, "high": each.high, "note": each.note} for each in found.open],
        "ties": [{"name": each.name, "spec": each.spec, "offset": each.offset} for each in found.ties],
    }
