"""Distinct names of runs, and short ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile


def distinct(names: Sequence[str]) -> list[str]:
    """The names, with a number after each repeated one: `a`, `b`, `a (2)`."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def shortened(names: Sequence[str], width: int) -> list[str]:
    """The names, those longer than `width` cut in the middle or at an end, so that what differs between them stays."""
    long = [name for name in names if len(name) > width]
    head, tail = (_shared(long), _shared([name[::-1] for name in long])) if len(long) > 1 else (0, 0)
    return [_shortened(name, width, head, tail) if len(name) > width else name for name in names]


def _shared(names: Sequence[str]) -> int:
    """The number of first letters that all names share."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))


def _shortened(name: str, width: int, head: int, tail: int) -> str:
    """A name without the middle of its first `head` or last `tail` letters, which others share; else of its own.

    If there is little room, only the letters beside its own are kept.
    """
    own = len(name) - head - tail
    if 0 < own <= width - 8 and head + tail:
        room = width - own  # for the shared letters and the ellipses
        left = min(head, max(room - min(tail, room // 2), room // 2))
        right = room - left
        before = name[:head] if head <= left else name[: left // 2] + "…" + name[head - (left - 1 - left // 2) : head]
        after = name[len(name) - tail :] if tail <= right else name[len(name) - tail :][: right - 1] + "…"
        return before + name[head : len(name) - tail] + after
    if 0 < own <= width - 2 and head + tail:
        room = width - 2 - own  # for letters beside its own
        left = min(head, max(room - tail, room // 2))
        before, after = name[head - left : head], name[len(name) - tail :][: room - left]
        return "…" * (left < head) + before + name[head : len(name) - tail] + after + "…" * (room - left < tail)
    half = (width - 1) // 2
    return name[: width - 1 - half] + "…" + name[len(name) - half :]
