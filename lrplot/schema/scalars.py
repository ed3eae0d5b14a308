"""Scalars by the rules of YAML 1.2, and numbers as people write them: `1e-4`, `10k`, `5%`, `1/3`."""

from __future__ import annotations

import re
import sys
from fractions import Fraction

from lrplot.diagnostics import Fault
from lrplot.runs.numbers import exact, plain
from lrplot.schema.quantities import Duration
from lrplot.wording import cut

LONGEST = 300  # characters in a number; no float64 needs as many
_LARGEST = exact(sys.float_info.max).numerator  # it is whole

DIGITS = r"[0-9]+(?:_[0-9]+)*"
PLAIN = rf"[-+]?(?:{DIGITS}(?:\.(?:{DIGITS})?)?|\.{DIGITS})(?:[eE][-+]?[0-9]+)?"
_NUMBER = re.compile(rf"(?P<plain>{PLAIN})(?P<suffix>[kKMBT]?)")
_RATIO = re.compile(rf"(?P<over>[-+]?{DIGITS}) ?/ ?(?P<under>{DIGITS})")
RADIX = r"0o[0-7]+|0x[0-9a-fA-F]+"
_PERCENT = re.compile(rf"({PLAIN}) ?%")
# Both parts bounded: otherwise a long text is split at each of its letters in turn.
_DURATION = re.compile(rf"(?P<amount>\S{{1,{LONGEST}}}?) ?(?P<unit>[A-Za-z]{{1,20}})")
# As YAML writes them, then as Python and JSON do.
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?(?:inf|Infinity)|nan|NaN")
_FINITE = "write a finite number, such as `1e-4`"
SIZES = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
UNITS = {
    **dict.fromkeys(("step", "steps", "update", "updates"), "steps"),
    **dict.fromkeys(("epoch", "epochs"), "epochs"),
    **dict.fromkeys(("sample", "samples"), "samples"),
    **dict.fromkeys(("token", "tokens"), "tokens"),
}

TRUE, FALSE, NULL = ({word, word.title(), word.upper()} for word in ("true", "false", "null"))
NULL |= {"~", ""}


def read_number(text: str) -> Fraction | None:
    """The exact number that a text is, or None; a `Fault` if it is beyond the range of float64."""
    if len(text) > LONGEST:
        if re.fullmatch(_NUMBER, text):
            raise Fault(f"a number has at most {LONGEST} characters, this one has {len(text):,}", code="bad-number")
        return None
    if text.isdecimal() and text.isascii():  # most items of a long list: no pattern is needed
        return Fraction(int(text))
    value = _exact(text)
    if value is not None and abs(value.numerator) > _LARGEST * value.denominator:
        raise Fault(f"`{cut(text)}` is too large for float64", code="not-finite", help=_FINITE)
    return value


def _exact(text: str) -> Fraction | None:
    if match := _NUMBER.fullmatch(text):
        value = _decimal(match["plain"])
        return value * SIZES[match["suffix"]] if match["suffix"] else value
    if match := _RATIO.fullmatch(text):
        under = int(match["under"])
        if under == 0:
            raise Fault(f"`{text}` divides by zero", code="bad-number")
        return Fraction(int(match["over"]), under)
    if re.fullmatch(RADIX, text):
        return Fraction(int(text, 0))
    if _SPECIAL.fullmatch(text):
        raise Fault(f"`{text}` is not a finite number", code="not-finite", help=_FINITE)
    return None


def _decimal(text: str) -> Fraction:
    plain = text.replace("_", "")
    value = float(plain)
    if value in (float("inf"), float("-inf")):
        raise Fault(f"`{cut(text)}` is too large for float64", code="not-finite", help=_FINITE)
    if value == 0 and re.search(r"[1-9]", re.split("[eE]", plain)[0]):
        raise Fault(f"`{cut(text)}` is too small for float64: it would be 0", code="bad-number")
    return Fraction(plain) if value else Fraction(0)


def is_bare_number(text: str) -> bool:
    """Whether a text is a number in JSON or YAML, so that quotes around it are a mistake.

    `300B`, `1/3` and `10%` are not: JSON and Python can only write them in quotes.
    """
    return bool(re.fullmatch(PLAIN, text) or re.fullmatch(RADIX, text) or _SPECIAL.fullmatch(text))


def read_percent(text: str) -> Fraction | None:
    """The amount before a `%`, or None."""
    match = _PERCENT.fullmatch(text) if text.endswith("%") else None
    return _decimal(match[1]) if match else None


def read_duration(text: str) -> Duration | None:
    """A duration: whole steps, an amount with its unit, or a share of the run; or None."""
    if (share := read_percent(text)) is not None:
        return Duration(share, "%")
    if (steps := read_number(text)) is not None:
        if steps.denominator != 1:
            of_run = f"; {text} of the run is `{plain(steps * 100)}%`" if 0 < steps < 1 else ""
            raise Fault(
                f"`{text}` steps is not a whole number",
                help=f"give whole steps, or a unit, such as `0.5 epochs`{of_run}",
                code="not-whole",
            )
        return Duration(steps, "steps")
    match = _DURATION.fullmatch(text)
    if not match or match["unit"] not in UNITS:
        return None
    amount = read_number(match["amount"])
    return None if amount is None else Duration(amount, UNITS[match["unit"]])
