"""PDF pictures; without a date, so that the same picture has the same bytes."""

from lrplot.output.writers import PictureFormat, picture

picture(PictureFormat("pdf", {"CreationDate": None}))
