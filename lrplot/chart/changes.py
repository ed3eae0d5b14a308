"""Pictures of changed specs: each before and after."""

from __future__ import annotations

from dataclasses import replace

from lrplot.analysis.change import Changes
from lrplot.chart.picture import Picture, compared, picture_of
from lrplot.wording import several

MOST = 12  # specs that are drawn


def pictures_of(changes: Changes, pixels: int) -> list[Picture]:
    """A picture of each spec that moves; of a single one with the difference below, of many the first ones."""
    moved = changes.moved
    draw = compared if len(moved) == 1 else picture_of
    pictures: list[Picture] = []
    for change in moved[:MOST]:
        assert change.comparison is not None
        picture = draw(change.comparison.runs, change.comparison.align, False, pixels)
        description = f"{change.path} before and after. {picture.description}"
        pictures.append(replace(picture, title=change.path, description=description))
    if len(moved) > MOST:
        left = len(moved) - MOST
        remark = f"and {several(left, 'more spec')} that {'moves' if left == 1 else 'move'}"
        pictures[-1] = replace(pictures[-1], remarks=(*pictures[-1].remarks, remark))
    return pictures
