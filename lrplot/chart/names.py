"""Names short enough for a picture, and distinct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def shortened(text: str, most: int) -> str:
    """The text, cut to `most` characters with an ellipsis."""
    return text if len(text) <= most else text[: max(most - 1, 1)].rstrip() + "…"


def distinct(names: Sequence[str]) -> list[str]:
    """The names, those that come again numbered."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
