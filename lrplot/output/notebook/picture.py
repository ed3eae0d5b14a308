"""A picture, and nothing else."""

from __future__ import annotations

from lrplot.chart.picture import Picture
from lrplot.output.notebook.shared.view import View, view


@view
def picture(picture: Picture) -> View:
    """The picture; as text, its description."""
    return View(picture.title, picture)
