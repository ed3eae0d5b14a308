"""The specs in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".toml", ".json")
LONGEST = 1 << 20  # bytes of a file that are looked at

_KEYS = ("schedule", "(?:steps|epochs|samples|tokens)")
# At the start of a line, or in a mapping in braces that starts there; in JSON at any depth; a table of TOML.
_PATTERNS = [re.compile(rf"^(?:\{{(?:.*[\s,])?)?[\"']?{key}[\"']?\s*[:=]|^\[+{key}\b", re.MULTILINE) for key in _KEYS]
_JSON = [re.compile(rf"\b{key}[\"']?\s*:") for key in _KEYS]


def specs_in(folder: Path, *, deep: bool = True) -> list[Path]:
    """The specs in a folder, and if `deep` in the folders inside it, in alphabetical order; hidden ones are left out.

    A file is taken for a spec if it has a `schedule` and a length at its top level. Files of other kinds are ignored.
    """
    return sorted(path for path in _files(folder, deep) if path.suffix.lower() in SUFFIXES and _is_spec(path))


def _files(folder: Path, deep: bool) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if deep and not name.startswith(".")]
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _is_spec(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            text = file.read(LONGEST).decode("utf-8-sig", "replace")
    except OSError:
        return False
    patterns = _JSON if path.suffix.lower() == ".json" else _PATTERNS
    return all(pattern.search(text) for pattern in patterns)
