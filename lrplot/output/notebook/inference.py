"""The spec that a log follows, as YAML."""

from __future__ import annotations

from lrplot.analysis.inference.result import Inference
from lrplot.output.notebook.shared.view import View, view
from lrplot.wording import share


@view
def inference(found: Inference) -> View:
    """The schedule in words, and the spec, whose comments say how exact it is and what is open."""
    words = "equal at every logged step" if found.exact else f"the nearest one, off by {share(found.largest, 1)}"
    return View(f"{found.name}: {words}", code=found.text)
