"""SVG pictures; without a date, so that the same picture has the same bytes."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from lrplot.output.text import printable
from lrplot.output.writers import PictureFormat, picture


def described(content: bytes, title: str, description: str, dark: Mapping[str, str]) -> bytes:
    """An SVG file with a title and a description, which screen readers read, and dark colors for who prefers them."""
    head, tag, rest = content.partition(b"<svg ")
    attributes, _, body = rest.partition(b">")
    texts = "".join(
        f"\n <{name}>{escape(printable(text))}</{name}>"
        for name, text in (("title", title), ("desc", description))
        if text
    )
    style = f"\n <style>@media (prefers-color-scheme: dark) {{\n{_rules(dark)} }}</style>" if dark else ""
    return head + tag + b'role="img" ' + attributes + b">" + (texts + style).encode() + body


def _rules(dark: Mapping[str, str]) -> str:
    """Rules that give dark colors to what matplotlib writes in light ones, each in an attribute `style`."""
    return "".join(
        f'  [style*="{part}: {light}"] {{{part}: {color} !important}}\n'
        for light, color in sorted(dark.items())
        for part in ("fill", "stroke")
    )


picture(PictureFormat("svg", {"Date": None}, finds_fonts=True, adapts=True, finish=described))
