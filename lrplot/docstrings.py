"""Docstrings as data: a definition's are what help and references show."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any


def summary(function: Callable[..., Any]) -> str:
    """The first line."""
    return (inspect.getdoc(function) or "").split("\n", 1)[0]


def section(function: Callable[..., Any], title: str) -> str:
    """A labelled paragraph, such as `Formula` or `Source`; nothing where there is none."""
    found = re.search(rf"^{title}: (.+(?:\n    .+)*)", inspect.getdoc(function) or "", re.MULTILINE)
    return " ".join(found[1].split()) if found else ""
