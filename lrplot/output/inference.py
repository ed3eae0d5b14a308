"""An inference as data."""

from __future__ import annotations

from typing import Any

from lrplot.analysis.inference.result import Inference


def inference_data(found: Inference) -> dict[str, Any]:
    """An inference as data for JSON: the spec, its difference from the log, open parameters and ties."""
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
