"""The specs and training configs in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lrplot.diagnostics import SpecError
from lrplot.lazy import dataclass
from lrplot.spec.composition import composed
from lrplot.spec.inheritance import KEYS, inherited
from lrplot.spec.source import BINARY, CONFIGS, LARGEST, SPECS, read_source
from lrplot.spec.texts import read_tree
from lrplot.text.places import on_disk
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers import TRAINERS, Trainer, candidates
from lrplot.trainers.shared.carriers import unpacked

_OWN = ("schedule", "(?:steps|epochs|samples|tokens)")
# At the start of a line, or in a mapping in braces that starts there; in JSON at any depth; a table of TOML.
_PATTERNS = [re.compile(rf"^(?:\{{(?:.*[\s,])?)?[\"']?{key}[\"']?\s*[:=]|^\[+{key}\b", re.MULTILINE) for key in _OWN]
_JSON = [re.compile(rf"\b{key}[\"']?\s*:") for key in _OWN]
# What a schema names as its own, such as that of `lrplot schema` beside specs, which has the keys of a spec.
_JSON_SCHEMA = re.compile(r"[\"']?\$schema[\"']?\s*:\s*[\"']?https?://json-schema\.org/")


@dataclass(eq=False)
class _Config:
    """A training config: the program's names of files beside it that are none of their own, and the files it names."""

    path: Path
    trainers: list[Trainer]
    tree: Node

    def others(self) -> Iterator[Path]:
        """The files that belong to this config."""
        folder = self.path.parent
        yield from (folder / name for each in self.trainers for name in each.beside)
        for text in _texts(self.tree):
            if text.endswith((*SPECS, *CONFIGS)) and "\0" not in text:
                yield from (place / text for place in (folder, *folder.parents[:4]))


def specs_in(folder: Path, *, deep: bool = True) -> list[Path]:
    """The specs and training configs in a folder, in alphabetical order, and if `deep` in the folders inside it.

    Hidden ones are left out, and those of checkpoints in the folder of a run. A file is taken for a spec if it has a
    `schedule` and a length at its top level, and for a config if a program's keys are in it. A file that a
    config names or has beside it, such as `_base_`, is not listed. JSON Schemas and files of other kinds are ignored.
    """
    specs: set[Path] = set()
    configs: list[_Config] = []
    for path in _files(folder, deep):
        suffix = path.suffix.lower()
        if suffix in SPECS and _JSON_SCHEMA.search(_text(_beginning(path))):
            continue
        if suffix in SPECS and _is_spec(path):
            specs.add(path)
        elif suffix in (*SPECS, *CONFIGS) and (config := _config(path)):
            configs.append(config)
    named = {os.path.abspath(other) for config in configs for other in config.others()}
    return sorted([*specs, *(each.path for each in configs if os.path.abspath(each.path) not in named)])


def is_spec_or_config(path: Path) -> bool:
    """Whether a file, by its suffix and what it holds, is a spec or a training config; see `specs_in`."""
    suffix = path.suffix.lower()
    if suffix in SPECS and _is_spec(path):
        return True
    return suffix in (*SPECS, *CONFIGS) and _config(path) is not None


def _files(folder: Path, deep: bool) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if deep and not name.startswith((".", "checkpoint-"))]
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _is_spec(path: Path) -> bool:
    text = _text(_beginning(path))
    patterns = _JSON if path.suffix.lower() == ".json" else _PATTERNS
    return all(pattern.search(text) for pattern in patterns)


def _config(path: Path) -> _Config | None:
    """The config in a file; None if it is none that is known."""
    if not _may_be_config(_beginning(path)):
        return None
    try:
        tree, _ = read_tree(read_source(path)[0])
    except SpecError:
        return None
    if not isinstance(tree, Mapping):
        return None
    try:
        whole = composed(inherited(tree, path.parent), path.parent)
    except SpecError:
        whole = tree  # which is reported when the config is loaded
    trainers = candidates(unpacked(whole))
    return _Config(path, trainers, tree) if trainers else None


def _beginning(path: Path) -> bytes:
    """The content of a file; nothing for a pipe or a device, which may not end."""
    place = on_disk(path)
    try:
        if not place.is_file():
            return b""
        with place.open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        return b""


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


def _may_be_config(content: bytes) -> bool:
    """Whether enough of a program's marks are words of a text.

    A zip file, a pickle, and a text that builds on another file may always be one.
    """
    text = _text(content)
    if content.startswith(BINARY) or any(key in text for key in KEYS):
        return True
    words = {word.strip("_") for word in re.findall(r"\w+", text.replace("-", "_"))}
    return any(len(marks & words) >= least for marks, least in _marks())


@cache
def _marks() -> list[tuple[set[str], int]]:
    """The last words of each program's marks, and how many of them a config has at least."""
    return [
        (words := {mark.rpartition(".")[2].strip("_") for mark in each.marks}, min(each.least, len(words)))
        for each in TRAINERS.values()
    ]


def _texts(node: Node) -> Iterator[str]:
    """The texts in a tree."""
    if isinstance(node, Mapping):
        for entry in node:
            yield from _texts(entry.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node, Scalar):
        yield node.text
