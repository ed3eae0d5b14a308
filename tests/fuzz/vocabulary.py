"""The words, numbers and scraps that documents are made of, most of them taken from the registries."""

from __future__ import annotations

from lrplot.frameworks import frameworks
from lrplot.kinds import KINDS
from lrplot.schema.fields import fields_of
from lrplot.spec.document import Document

KIND_NAMES = tuple(KINDS)
SCHEDULERS = tuple(kind.name for framework in frameworks() for kind in framework.schedulers.values())
NAMES = (*KIND_NAMES * 4, *SCHEDULERS)
WORDS = tuple(
    sorted(
        {field.name for kind in KINDS.values() for field in (*kind.fields, *kind.shared_fields)}
        | {field.name for field in fields_of(Document)}
        | {field.name for each in frameworks() for kind in each.schedulers.values() for field in kind.fields}
    )
)
NUMBERS = (
    "0", "-0", "1", "-1", "2", "3", "7", "10", "100", "1000", "1001", "0.5", "-0.5", "1/3", "1e-3", "1e-300",
    "5e-324", "1e-400", "1e308", "-1e308", "1e309", "1e999999999", "10%", "100%", "-5%", "1e300%", "10k", "1.5M",
    "300B", "9T", "010", "0x10", "0o17", "1_000", "1__0", "_1", "1e5_0", ".5", "5.", ".", "9007199254740992",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", ".inf", "-.inf",
    ".nan", "inf", "nan", "Infinity", "1/0", "0/1", "1:30", "1,000", "1e-4e", "0x", "1e+", "+1", "--1", "٣", "½",
    "²",
)  # fmt: skip
AMOUNTS = (
    "5 epochs",
    "0.5 epochs",
    "3 samples",
    "2M tokens",
    "3%",
    "rest",
    "1 fortnight",
    "1e18 steps",
    "-1 steps",
    "1e300 epochs",
)
SCALARS = (
    *NUMBERS,
    *AMOUNTS,
    "",
    "~",
    "null",
    "true",
    "false",
    "on",
    "yes",
    "linear",
    "cosine",
    "step",
    "epoch",
    "t / n",
    "lambda epoch: 0.9 ** epoch",
    "where(t > 3, u, base)",
    "__import__('os')",
    "table.csv",
    "/dev/zero",
    "/dev/null",
    "/dev/full",
    "fifo",
    "folder",
    "nowhere.csv",
    "\0",
    "a\nb",
    "\x1b[31m",
    "\u202e",
    "é",
    "😀",
    "[bold]",
    "$x$",
    "9" * 400,
    "9" * 5000,
    "x" * 5000,
)
PIECES = (
    *b"\0 \t \n \r : - [ ] { } &a *a ! !!int | > ' \" # % @ ` ? <<: , --- ... ~ = [[ ]] \"\"\" '''".split(b" "),
    *rb"\u0000 \ud800 \udc00\ud800 \x \U00110000 \"".split(b" "),
    *(text.encode() for text in ("\x1b[31m", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\ufeff", "é", "😀")),
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xff\xfe",
    b"!!python/object/apply:os.system [true]",
    b" " * 60,
)
