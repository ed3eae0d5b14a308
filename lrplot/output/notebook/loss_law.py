"""A law of losses: its parameters, and what it rests on."""

from __future__ import annotations

from lrplot.analysis.theory.loss_law import LossLaw
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.wording import learning_rate


@view
def loss_law(found: LossLaw) -> View:
    """The parameters of the law, by their names here and in the paper."""
    rows = [
        ["floor, L₀", learning_rate(found.floor)],
        ["scale, A", learning_rate(found.scale)],
        ["exponent, α", learning_rate(found.exponent)],
        ["annealing, C", learning_rate(found.annealing)],
    ]
    topic = found.topic
    remarks = [f"assumes: {topic.assumes}", f"source: {topic.source}", *found.remarks]
    return View(f"Loss law of {found.name}", tables=[Table([["parameter", "value"], *rows], remarks)])
