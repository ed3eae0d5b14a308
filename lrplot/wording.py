"""Words and numbers as every command prints them."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log10
from typing import overload

MANUAL = "https://github.com/lrplot/lrplot/blob/main/gallery"  # where the pages of the manual are
SIZES = (("T", 10**12), ("B", 10**9), ("M", 10**6), ("k", 10**3))
MOST_DIGITS = 1e15  # of a count that is written out


def learning_rate(value: float, digits: int = 4) -> str:
    """A value of a parameter: `3e-4`, `1.25e-5`, `0.05`, `20,000`, `0`."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    if 1e-2 <= abs(float(text)) < 1e5:
        return f"{float(text):.{digits}g}" if abs(float(text)) < 10**digits else f"{value:,.0f}"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def amount(value: float) -> str:
    """An amount of steps, epochs, samples or tokens: `10k`, `375M`, `5T`, `2.5`, `1,281`."""
    for suffix, size in SIZES:
        scaled = value / size
        if 1 <= abs(scaled) < 1000 and abs(scaled * 100 - round(scaled * 100)) < 1e-9 * abs(scaled * 100) + 1e-12:
            return f"{scaled:.10g}{suffix}"
    if abs(value) >= 1e6:
        size = 10 ** (min(floor(log10(abs(value)) / 3), 4) * 3)
        return f"{value / size:.4g}{ {s: n for n, s in SIZES}[size] }"
    return f"{value:,.10g}" if value == round(value) else f"{value:,.4g}"


def share(part: float, whole: float) -> str:
    """A part of a whole in percent: `12%`, `0.5%`."""
    return f"{100 * part / whole:.2g}%" if part < 0.995 * whole else f"{100 * part / whole:,.0f}%"


def several(count: float, unit: str) -> str:
    """A number of things: `1 epoch`, `10,000 epochs`."""
    whole = f"{count:,.0f}" if count == round(count) else f"{count:,.10g}"
    number = whole if count < MOST_DIGITS else f"{count:.3g}"
    return f"{number} {unit}" + ("" if count == 1 else "s")


def updates(count: float) -> str:
    """A number of updates: `1 update`, `10,000 updates`."""
    return several(count, "update")


def quantity(number: float, unit: str) -> str:
    """An amount in a unit that is given in the plural: `1 epoch`, `1,200 updates`, `5T tokens`, `25%`."""
    if unit == "%":
        return f"{amount(number)}%"
    if unit in ("tokens", "samples"):
        return f"{amount(number)} {unit}"
    return several(number, unit.removesuffix("s"))


def part_of(part: float, whole: float, unit: str) -> str:
    """A part of an amount: `60 of 120 epochs`, `3.8T of 5T tokens`, `100% of 150%`."""
    number = quantity(part, unit)
    return f"{number if unit == '%' else number.partition(' ')[0]} of {quantity(whole, unit)}"


def check_text(argument: str, value: object) -> None:
    """A `TypeError` if the value of an argument is no text."""
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be text, not {type(value).__name__}")


def cells(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # large, and most texts are ASCII

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, width: int = 60) -> str:
    """Cut a text to `width` columns of a terminal, with an ellipsis if some is left out."""
    if cells(text) <= width:
        return text
    kept = ""
    for char in text[:width]:
        if cells(kept + char) > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def one_of(names: Iterable[str]) -> str:
    """Names of which one is to be chosen: `text`, `json` or `github`."""
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} or {last}" if most else last


LONGEST_NAME = 100  # characters of a name that are compared
SHORT_NAME, LONG_NAME = 3, 8  # letters of a name that may have one slip, or two
MOST_LISTED = 12  # names; of more, the nearest are listed


@overload
def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str: ...
@overload
def did_you_mean(name: str, known: Iterable[str], otherwise: None = None) -> str | None: ...
def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """The cure for a misspelt name: the nearest known one, or else `otherwise`.

    If `otherwise` is None, it is a list of the known names, of many the nearest five; None if nothing is known.
    """
    names = list(known)
    if near := nearest(name, names, 1, 0.6):
        return f"did you mean `{near[0]}`?"
    if otherwise is not None or not names:
        return otherwise
    if len(names) <= MOST_LISTED:
        return "known: " + ", ".join(f"`{each}`" for each in names)
    return f"the nearest of {len(names)} are " + ", ".join(f"`{each}`" for each in nearest(name, names))


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name that a name is a slip of the pen for; None if there is none, or more than one.

    A slip is a letter too many, too few or a wrong one, or two exchanged ones; a long name may have two of them. A name
    with another first letter or another digit is a name of its own: `my_cosine`, `cosine2`.
    """
    most = 1 if len(name) < LONG_NAME else 2
    if not SHORT_NAME <= len(name) <= LONGEST_NAME:
        return None
    lower = name.lower()
    near = [each for each in known if abs(len(each) - len(name)) <= most and _slips(lower, each.lower()) <= most]
    same = len(near) == 1 and near[0][:1].lower() == lower[0] and _digits(near[0]) == _digits(name)
    return near[0] if same else None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def swap_of(name: str, known: Iterable[str]) -> tuple[str, str] | None:
    """A misspelt name and the one that is meant, if that is certain; see `misspelt`."""
    meant = misspelt(name, known)
    return (name, meant) if meant else None


def _slips(a: str, b: str) -> int:
    """The number of slips between two words, as the optimal string alignment counts them."""
    above: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, above, row = above, row, [i]
        for j, other in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other)))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                row[j] = min(row[j], before[j - 2] + 1)
    return row[-1]


def nearest(name: str, known: Iterable[str], count: int = 5, cutoff: float = 0.0) -> list[str]:
    """The known names most like a name, the nearest first; `cutoff` is the least likeness, from 0 to 1."""
    from difflib import get_close_matches  # only if something is misspelt

    folded = {each.lower(): each for each in reversed(list(known))}
    near = get_close_matches(name[:LONGEST_NAME].lower(), folded, n=count, cutoff=cutoff)
    return [folded[each] for each in near]
