"""Training programs' configs as specs, one file per program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from lrplot.lazy import dataclass
from lrplot.registry import Registry, section, summary
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.types import Record
from lrplot.text.tree import Entry, Listing, Mapping, Node

if TYPE_CHECKING:
    from lrplot.trainers.shared.precision import Precision

ANYWHERE = "**."  # before a path of keys that may begin in any mapping of a config

Content = dict[str, Any]  # a spec: nodes, numbers, and mappings and lists of them; None is left out
Translate = Callable[..., Content]
Told = Callable[[Mapping], str]


def untold(document: Mapping) -> str:
    """The version of files that never tell it."""
    return ""


@dataclass(eq=False)
class Trainer:
    """A training program, and how its config becomes a spec.

    `translate(config, **values)` gives the spec; its signature declares the keys that it reads, as a
    kind's declares its fields. A config is recognised by `marks`, paths of keys such as `optimizer.lr`, of which
    it has at least `least`, at least one of `surely` if that is not empty, and none
    of `never`. A path that begins with `**.` may stand anywhere in the config.
    If the keys are under another one, `under` names it. `versions` are those at
    which the program's rules changed, ascending. The rules of the version that is asked for hold, or else of
    that which `told` finds in the whole file (empty if the file does not tell), or else the last one's.
    `extends` names the programs whose marks this one's configs have too. If `sections`, the keys may also stand in
    sections, which the program reads as one whatever they are called. `beside` are names of files that
    describe the same run beside a config, so that they are no configs of their own. `precision` says which keys state
    the number format; None if none does. `logged_every` is the key of the updates from one logged one to the next.
    """

    name: str
    translate: Translate
    marks: tuple[str, ...]
    least: int = 2
    under: tuple[str, ...] = ("",)
    versions: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    told: Told = untold
    surely: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    sections: bool = False
    beside: tuple[str, ...] = ()
    precision: Precision | None = None
    logged_every: str = ""

    @property
    def title(self) -> str:
        """The name of the format in words, from the first line of the docstring."""
        return self.description.partition(":")[0].rstrip(".")

    @property
    def description(self) -> str:
        """The first line of the docstring."""
        return summary(self.translate)

    @property
    def source(self) -> str:
        """The program's files that its rules are from."""
        return section(self.translate, "Source")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys that are read, sections as a whole."""
        return fields_of(self.translate)

    @property
    def keys(self) -> tuple[Field, ...]:
        """The keys that are read, those of sections by their paths, such as `optimizer.lr`."""
        return tuple(_keys(self.fields, ""))

    def root(self, tree: Node) -> Mapping | None:
        """The mapping that holds the program's keys, if a config is one of this program; None if it is not."""
        for key in self.under:
            node = tree.get(key) if key and isinstance(tree, Mapping) else tree
            node = _joined(node) if self.sections and isinstance(node, Mapping) else node
            if isinstance(node, Mapping) and self._fits(node):
                return node
        return None

    def _fits(self, node: Mapping) -> bool:
        if len(self.found(node)) < self.least or any(_has(node, mark) for mark in self.never):
            return False
        return not self.surely or any(_has(node, mark) for mark in self.surely)

    def found(self, node: Mapping) -> list[str]:
        """The marks that a mapping has."""
        return [mark for mark in self.marks if _has(node, mark)]


def _joined(node: Mapping) -> Mapping:
    """A mapping with the keys of its sections in their place; of a key that is there twice, the last counts."""
    entries: dict[str, Entry] = {}
    for each in node:
        for entry in each.value if isinstance(each.value, Mapping) else (each,):
            entries[entry.key.text] = entry
    return replace(node, entries=tuple(entries.values()))


def _keys(fields: Iterable[Field], path: str) -> Iterator[Field]:
    for field in fields:
        name = f"{path}{field.name}"
        if isinstance(field.type, Record):
            yield from _keys(fields_of(field.type.type), f"{name}.")
        else:
            yield replace(field, name=name)


def _has(node: Node | None, path: str) -> bool:
    if path.startswith(ANYWHERE):
        inner = path.removeprefix(ANYWHERE)
        return any(_has(each, inner) for each in _mappings(node))
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node is not None


def _mappings(node: Node | None) -> Iterator[Mapping]:
    """The mappings in a tree."""
    if isinstance(node, Mapping):
        yield node
        for each in node:
            yield from _mappings(each.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _mappings(item)


TRAINERS: Registry[Trainer] = Registry(__name__)


def trainer(
    name: str,
    *,
    marks: tuple[str, ...],
    least: int = 2,
    under: tuple[str, ...] = ("",),
    versions: tuple[str, ...] = (),
    extends: tuple[str, ...] = (),
    told: Told = untold,
    surely: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
    sections: bool = False,
    beside: tuple[str, ...] = (),
    precision: Precision | None = None,
    logged_every: str = "",
) -> Callable[[Translate], Translate]:
    """Register a function `(config, **values)` as the translation of a program's configs; see `Trainer`."""

    def register(translate: Translate) -> Translate:
        rules = (under, versions, extends, told, surely, never, sections, beside, precision, logged_every)
        TRAINERS.add(name, Trainer(name, translate, marks, least, *rules))
        return translate

    return register


def candidates(tree: Node) -> list[Trainer]:
    """The programs whose config a tree can be; of one that extends another, only the first."""
    if not isinstance(tree, Mapping):
        return []
    marked = Counter(name for key in tree.names for name in _marked().get(key, ()))
    found = [each for each in TRAINERS.values() if marked[each.name] >= each.least and each.root(tree) is not None]
    extended = {name for each in found for name in each.extends}
    return [each for each in found if each.name not in extended]


@cache
def _marked() -> dict[str, list[str]]:
    """By the last key of their marks, the programs: a config is compared with those alone whose keys it has."""
    programs: dict[str, list[str]] = {}
    for each in TRAINERS.values():
        for mark in each.marks:
            programs.setdefault(mark.rpartition(".")[2], []).append(each.name)
    return programs
