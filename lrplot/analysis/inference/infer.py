"""The spec that a log follows, to its printed digits."""

from __future__ import annotations

from lrplot.analysis.inference.evidence import gathered
from lrplot.analysis.inference.result import Inference
from lrplot.analysis.inference.search import Search
from lrplot.runs.log import Log


def infer(log: Log) -> Inference:
    points = log.points
    evidence = gathered(points, points.lr, log.stated.get("steps", 0))
    search = Search(evidence)
    return search
