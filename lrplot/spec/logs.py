"""Whether a place holds a log: by its name, or else by its head."""

from __future__ import annotations

import os

NEVER_SPECS = (".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".out", ".wandb")
NEVER_LOGS = (".yaml", ".yml", ".toml", ".sh", ".py", ".cfg")
EVENTS = "events.out.tfevents."
HEAD = 1 << 16  # bytes that are looked at


def is_log(place: str) -> bool:
    """Whether a place is a file that is read as a log, not as a spec or a config.

    Names that no spec has tell alone. Of other files the head is looked at, of YAML and the like nothing at all: a spec
    costs no import.
    """
    name = os.path.basename(place)
    suffix = os.path.splitext(name)[1].lower()
    if suffix in NEVER_SPECS or name.startswith(EVENTS):
        return os.path.isfile(place)
    if suffix not in (".json", ".txt") or not _may_be(place, suffix):
        return False
    from lrplot.logs.shared.reading import is_log as is_known_log  # which no spec needs

    return is_known_log(place)


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
    return b'"log_history"' in head or head.startswith(b"[") or b"}\n{" in head or b"}\r\n{" in head


def log_in(folder: str) -> str | None:
    """The log in the folder of a run, such as `results.csv` or the last checkpoint's `trainer_state.json`; or None."""
    from lrplot.logs.shared.reading import log_in as find  # which no spec needs

    return find(folder)
