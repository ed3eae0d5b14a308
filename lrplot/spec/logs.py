"""Whether a place holds a log: by its name, or else by its head."""

from __future__ import annotations

import os
import re

from lrplot.text.stdin import standard_input

NEVER_SPECS = (".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".out", ".wandb")
NEVER_LOGS = (".yaml", ".yml", ".toml", ".sh", ".py", ".cfg")
EVENTS = "events.out.tfevents."
HEAD = 1 << 16  # bytes that are looked at
SPEC = re.compile(rb"^\W*schedule\W*[:=]", re.MULTILINE)  # what every spec has, and no log
ARRAY = re.compile(rb'\{\s*"[^"]*"\s*:\s*\[\s*(?:[-\d]|NaN|null)')  # of numbers, at the first key


def is_log(place: str) -> bool:
    """Whether a place is read as a log, not as a spec or a config.

    Names that no spec has tell alone. Of other files and of standard input the head is looked at, of YAML and the like
    nothing at all: a spec costs no import.
    """
    if place == "-":
        return _is_piped_log()
    name = os.path.basename(place)
    suffix = os.path.splitext(name)[1].lower()
    if suffix in NEVER_SPECS or name.startswith(EVENTS):
        return os.path.isfile(place)
    if suffix not in (".json", ".txt") or not _may_be(place, suffix):
        return False
    from lrplot.logs.shared.reading import is_log as is_known_log  # which no spec needs

    return is_known_log(place)


def _is_piped_log() -> bool:
    """Whether standard input is a log, by its head."""
    stream = standard_input()
    try:
        head = stream.head(HEAD) if stream else b""
    except OSError:
        return False
    if not head or head.startswith(b"#!") or SPEC.search(head):
        return False
    if head.lstrip().startswith((b"{", b"[")) and not _may_be_rows(head.lstrip()):
        return False
    from lrplot.logs.shared.reading import begins_log  # which no spec needs

    return begins_log(head)


def may_be_log(place: str) -> bool:
    """Whether a place is one that is read as a log if the columns or the format of a log are named."""
    return place == "-" or (os.path.isfile(place) and not place.lower().endswith(NEVER_LOGS))


def _may_be(place: str, suffix: str) -> bool:
    """Whether the head of a file has what each log of its suffix has, and specs have not."""
    try:
        with open(place, "rb") as file:
            head = file.read(HEAD).lstrip()
    except OSError:
        return False
    if suffix == ".txt":
        return b"lr" in head or b"learning" in head
    return _may_be_rows(head)


def _may_be_rows(head: bytes) -> bool:
    """Whether JSON has what each log in JSON has."""
    rows = b'"log_history"' in head or head.startswith(b"[") or b"}\n{" in head or b"}\r\n{" in head
    return rows or ARRAY.match(head) is not None


def log_in(folder: str) -> str | None:
    """The log in the folder of a run, such as `results.csv` or the last checkpoint's `trainer_state.json`; or None."""
    from lrplot.logs.shared.reading import log_in as find  # which no spec needs

    return find(folder)
