"""Results that a notebook shows: each by the view in the file of its name in `output/notebook`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lrplot.registry import Registry

Bundle = dict[str, str]  # a result as text in each of several formats, by their MIME types

VIEWS: Registry[Callable[[Any], Bundle]] = Registry("lrplot.output.notebook", by_name=True)


class Shown:
    """The base of a result that a notebook shows; the view of `RangeTest` is `range_test`."""

    def _repr_mimebundle_(self, **options: Any) -> Bundle:
        """The result in the formats from which a notebook chooses."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()
        return VIEWS[name](self)
