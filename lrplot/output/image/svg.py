"""SVG pictures; without a date, so that the same picture has the same bytes."""

from lrplot.output.writers import picture

picture("svg", {"Date": None})
