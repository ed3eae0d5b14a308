"""SVG pictures; without a date, so that the same picture has the same bytes."""

from xml.sax.saxutils import escape

from lrplot.output.text import printable
from lrplot.output.writers import PictureFormat, picture


def described(content: bytes, title: str, description: str) -> bytes:
    """An SVG file with a title and a description, which screen readers read."""
    head, tag, rest = content.partition(b"<svg ")
    attributes, _, body = rest.partition(b">")
    texts = "".join(
        f"\n <{name}>{escape(printable(text))}</{name}>"
        for name, text in (("title", title), ("desc", description))
        if text
    )
    return head + tag + b'role="img" ' + attributes + b">" + texts.encode() + body


picture(PictureFormat("svg", {"Date": None}, finds_fonts=True, finish=described))
