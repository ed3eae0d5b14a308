"""Search for kinds, schedulers and keys of a spec: by name, part of a name, alias or description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lrplot.diagnostics import Fault
from lrplot.frameworks import NAMES, find, frameworks
from lrplot.kinds import KINDS
from lrplot.lazy import dataclass
from lrplot.registry import summary
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field, fields_of
from lrplot.spec.document import Document
from lrplot.wording import nearest, one_of

if TYPE_CHECKING:
    from lrplot.frameworks.shared.framework import Framework

SPEC = "spec"  # the name under which the keys of a spec are listed
DESCRIBED = 3  # rank of a definition whose description has the words of a text
CLOSE = 0.87  # least likeness of a misspelt kind; a name less like a kind may be that of a scheduler
SHORTEST = 4  # letters of a kind's name that is searched for within a longer name


@dataclass(frozen=True)
class Record:
    """A mapping of a spec that is no schedule: the spec itself, or one of its keys, with the fields it has."""

    name: str
    summary: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Entries:
    """The meaning of a name: a list of kinds and frameworks, or one entry with its details.

    `asked` is the name, empty if it is all.
    """

    asked: str = ""
    kinds: tuple[Definition, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    one: Definition | Record | None = None


def look_up(name: str | None) -> Entries:
    """The key, framework or definition of a name, or all definitions that match it; `Fault` if none does."""
    if name is None:
        return Entries(kinds=tuple(KINDS.values()), frameworks=tuple(frameworks()))
    if name in KINDS:
        return Entries(name, one=KINDS[name])
    if record := _record(name):
        return Entries(name, one=record)
    if family := [each for each in frameworks() if name.lower() in (each.name, *each.aliases)]:
        return Entries(name, frameworks=tuple(family))
    if "." in name:
        return Entries(name, one=find(name))
    if unknown := next((each for each in frameworks() if name in each.undetermined), None):
        return Entries(name, one=unknown.find(name))  # which says why it cannot be shown
    if len(exact := called(name)) == 1:
        return Entries(name, one=exact[0])
    if found := search(name):
        return Entries(name, kinds=tuple(found))
    everything = [*KINDS, *NAMES, *(each.title for each in definitions())]
    help = f"the nearest are {one_of(nearest(name, everything))}; `lrplot kinds` lists all"
    raise Fault(f"there is no kind `{name}`", code="unknown-kind", help=help)


def _record(name: str) -> Record | None:
    """The spec, or one of its keys; None if the name is neither."""
    if name == SPEC:
        return Record("spec", summary(Document), fields_of(Document))
    for field in fields_of(Document):
        if field.name == name:
            inner = getattr(field.type, "type", None)
            help = field.help[:1].upper() + field.help[1:]
            return Record(name, f"{help}.", fields_of(inner) if inner else (field,))
    return None


def definitions() -> Iterator[Definition]:
    """All native kinds, then all schedulers by framework."""
    yield from KINDS.values()
    for each in frameworks():
        yield from each.schedulers.values()


def called(text: str) -> list[Definition]:
    """The definitions whose name or alias a text is, in any spelling: `OneCycleLR`, `onecycle`, `sgdr`."""
    return [each for each in definitions() if _key(text) in _keys(each)]


def search(text: str) -> list[Definition]:
    """The definitions that match a text, the best first: by name, source, part of a name; else by description."""
    ranked = [(rank, each) for each in definitions() if (rank := _rank(text, each)) is not None]
    best = min((rank for rank, _ in ranked), default=0)
    kept = [(rank, each) for rank, each in ranked if rank < DESCRIBED or best == DESCRIBED]
    return [each for _, each in sorted(kept, key=lambda item: item[0])]


def _rank(text: str, definition: Definition) -> int | None:
    """Rank of a definition for a text, 0 for its own name; None if nothing matches."""
    key, (name, *aliases) = _key(text), _keys(definition)
    if not key:
        return None
    if key in (name, *aliases):
        return 0
    if not definition.framework and _cites(definition, text):
        return 1
    if key in name:
        return 2
    if not definition.framework and any(len(own) >= SHORTEST and own in key for own in (name, *aliases)):
        return 2
    words = re.findall(r"\w+", text.lower())
    described = " ".join((definition.summary, *definition.advice.values(), definition.section("Source"))).lower()
    return DESCRIBED if words and all(re.search(rf"\b{word}", described) for word in words) else None


def native_of(definition: Definition) -> Definition | None:
    """The native kind that names a framework's scheduler in its source; None if there is none."""
    cited = f"{definition.framework} {definition.title}"
    return next((kind for kind in KINDS.values() if definition.framework and _cites(kind, cited)), None)


def _cites(definition: Definition, name: str) -> bool:
    """Whether the source of a definition names a scheduler."""
    return bool(re.search(rf"\b{re.escape(name)}\b", definition.section("Source")))


def _keys(definition: Definition) -> list[str]:
    return [_key(definition.title), *map(_key, definition.aliases)]


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def advice(name: str) -> str:
    """The cure for a name that is no kind: what it is called here, or the nearest kinds."""
    if near := nearest(name, KINDS, 1, CLOSE):
        return f"did you mean `{near[0]}`?"
    found = called(name)
    natives = [each.name for each in found if not each.framework]
    if natives and not nearest(name, natives, 1, 0.6):
        return f"it is called {one_of(natives)} here"
    if natives:
        return f"did you mean {one_of(natives)}?"
    if found:
        return f"write {one_of(f'use: {each.name}' for each in found)}"
    near = nearest(name, KINDS, 1, 0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"the nearest are {one_of(nearest(name, KINDS))}; `lrplot kinds` lists all"
