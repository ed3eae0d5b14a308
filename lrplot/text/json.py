"""JSON text to a located tree, with the comments that programs allow in it."""

from __future__ import annotations

import re

from lrplot.diagnostics import Source
from lrplot.text.tree import Node
from lrplot.text.yaml import read_yaml

_TEXT_OR_COMMENT = r'(?s)"(?:\\.|[^"\\\n])*"|(?P<comment>//[^\n]*|/\*.*?\*/)'


def read_json(source: Source) -> Node:
    """The tree of a JSON text, which is YAML but for comments: `// …` and `/* … */`."""
    if "//" not in source.text and "/*" not in source.text:
        return read_yaml(source, language="JSON")
    return read_yaml(source, re.sub(_TEXT_OR_COMMENT, _blank, source.text), language="JSON")


def _blank(match: re.Match[str]) -> str:
    """A comment as spaces, a text in quotes as it is."""
    return match[0] if match["comment"] is None else re.sub(r"[^\n]", " ", match[0])
