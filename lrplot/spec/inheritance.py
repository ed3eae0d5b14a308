"""Configs that build on other files: `_base_` of mmengine and mmcv, `_BASE_` of detectron2 and Paddle's programs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from lrplot.diagnostics import Fault, SpecError
from lrplot.spec.source import read_source
from lrplot.text.python import read_python
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.text.yaml import read_yaml

KEYS = ("_base_", "_BASE_")
REPLACES = "_delete_"  # in a mapping that takes the place of the inherited one
MOST_FILES = 64
_ELSEWHERE = re.compile(r"\w+::|\w+://")  # in an installed package, or on another machine
_REFERENCE = re.compile(r"(?:\{\{\s*)?_base_((?:\.\w+)+)(?:\s*\}\})?")


def inherited(tree: Mapping, folder: Path) -> Mapping:
    """A config with the contents of the files that it builds on, which it names relative to its own folder.

    Mappings are merged key by key; anything else replaces what is inherited. `SpecError` if such a file cannot
    be read.
    """
    if not builds_on_others(tree):
        return tree
    try:
        return _Files().merged(tree, folder, ())
    except Fault as fault:
        raise SpecError.of(fault) from None


def builds_on_others(tree: Mapping) -> bool:
    """Whether a config names files that it builds on."""
    return any(tree.get(key) is not None for key in KEYS)


@dataclass
class _Files:
    """The files that a config builds on, and how many have been read."""

    count: int = field(default=0)

    def merged(self, tree: Mapping, folder: Path, above: tuple[Path, ...]) -> Mapping:
        """A config of a folder with what it inherits; `above` are the files that build on it."""
        base = Mapping((), tree.span)
        for name in _names(tree):
            base = _onto(base, self._read(name, folder, above))
        own = replace(tree, entries=tuple(each for each in tree if each.key.text not in KEYS))
        return _onto(base, _resolved(own, base)) if base.entries else own

    def _read(self, name: Scalar, folder: Path, above: tuple[Path, ...]) -> Mapping:
        self.count += 1
        path = (folder / Path(name.text).expanduser()).resolve()
        key = next(iter(KEYS)) if path.suffix == ".py" else KEYS[-1]
        help = f"give the whole config that the program writes, or add `--set {key}=` to go without it"
        if path in above or self.count > MOST_FILES:
            what = "it builds on itself" if path in above else f"that are more than {MOST_FILES} files"
            raise Fault(f"`{name.text}` cannot be followed: {what}", code="undetermined", help=help).at(name.span)
        if name.computed or _ELSEWHERE.match(name.text):
            raise Fault(f"`{name.text}` cannot be followed", code="undetermined", help=help).at(name.span)
        try:
            source, _, _ = read_source(path)
        except SpecError as error:
            raise Fault(error.diagnostics[0].message, code="missing-fact", help=help).at(name.span) from None
        tree = read_python(source) if path.suffix == ".py" else read_yaml(source, tagged=True)
        if not isinstance(tree, Mapping):
            raise Fault(f"a config is a mapping, this is {describe(tree)}", code="bad-type").at(tree.span)
        return self.merged(tree, path.parent, (*above, path))


def _names(tree: Mapping) -> list[Scalar]:
    """The files that a config names."""
    nodes = [node for key in KEYS if (node := tree.get(key)) is not None]
    items = [item for node in nodes for item in (node.items if isinstance(node, Listing) else (node,))]
    for item in items:
        if not isinstance(item, Scalar):
            raise Fault(f"a file's name is a text, not {describe(item)}", code="bad-type").at(item.span)
    return [item for item in items if isinstance(item, Scalar) and item.text not in ("", "null")]


def _onto(base: Mapping, own: Mapping) -> Mapping:
    """A mapping with the entries of another one below."""
    entries = {each.key.text: each for each in base}
    for each in own:
        old = entries.get(each.key.text)
        entries[each.key.text] = replace(each, value=_put(old.value if old else None, each.value))
    return replace(own, entries=tuple(entries.values()))


def _put(old: Node | None, new: Node) -> Node:
    if not isinstance(new, Mapping):
        return new
    deletes = new.get(REPLACES)
    if isinstance(old, Mapping) and not (isinstance(deletes, Scalar) and deletes.text == "true"):
        return _onto(old, new)
    return replace(new, entries=tuple(each for each in new if each.key.text != REPLACES))


def _resolved(node: Mapping, base: Mapping) -> Mapping:
    """A mapping with the inherited values to which it refers as `_base_.name`."""
    return replace(node, entries=tuple(Entry(each.key, _value(each.value, base)) for each in node))


def _value(node: Node, base: Mapping) -> Node:
    if isinstance(node, Mapping):
        return _resolved(node, base)
    if isinstance(node, Listing):
        return replace(node, items=tuple(_value(each, base) for each in node.items))
    if not node.computed or not (match := _REFERENCE.fullmatch(node.text)):
        return node
    found: Node | None = base
    for key in match[1].split(".")[1:]:
        found = found.get(key) if isinstance(found, Mapping) else None
    return node if found is None else replace(found, span=node.span)
