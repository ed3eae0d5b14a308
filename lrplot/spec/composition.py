"""Configs that Hydra composes: the files that `defaults` names, beside the config and in folders for its groups.

An item of `defaults` is a file, or an option of a group: `model: resnet` is `model/resnet.yaml`, whose keys come under
`model`. `@package` or a header `# @package X` puts them elsewhere, `override` changes the option of an item elsewhere,
`optional` allows that there is no file, and `_self_` is the place of the config's own keys, by default the last.
The groups of Hydra itself (`hydra`, `hydra/…`) are left out.

Source: hydra/_internal/defaults_list.py, _create_defaults_tree_impl; hydra/core/default_element.py;
    omegaconf/basecontainer.py, BaseContainer._map_merge
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.spec.overrides import OPTION
from lrplot.spec.source import read_source
from lrplot.text.tree import DEEPEST, Entry, Listing, Mapping, Node, Scalar
from lrplot.text.yaml import read_yaml
from lrplot.wording import cut

KEY = "defaults"
ITSELF = "_self_"
ROOT = "_global_"
UNSET = "???"
OWN = "hydra"  # the group of Hydra itself
MOST_FILES = 200
MOST_VALUES = 50_000  # in all of them
MOST_TEXT = 1 << 19  # characters of all of them
SUFFIXES = (".yaml", ".yml")
_HEADER = re.compile(r"#+\s*@package\s+(?P<package>\S+)")
_CHOICE = re.compile(r"(?P<keywords>(?:(?:override|optional) +)*)(?P<name>[^@\s]+)(?:@(?P<package>\S*))?")
_VARIABLE = re.compile(r"\$\{(?P<group>[\w/@.]+)\}")


class _Unknown(Exception):
    """A defaults list that cannot be followed: Hydra refuses it, or knows of files that are not beside the config."""


def composed(tree: Mapping, folder: Path, choices: Iterable[str] = ()) -> Mapping:
    """A config with the contents of the files that it names, and with options `group=option` for some of its groups.

    It is as it stands if one of the files is not beside it; `SpecError` if an option cannot be taken.
    """
    if not isinstance(tree.get(KEY), Listing):
        return tree
    given = {key.strip(): (option.strip(), choice) for choice in choices for key, _, option in [choice.partition("=")]}
    composer = _Composer(folder, {key: option for key, (option, _) in given.items()})
    try:
        return composer.whole(tree)
    except _Unknown:
        for key, (_, choice) in given.items():
            place = Source(OPTION, choice).span(0, len(choice))
            message = f"`{cut(choice)}` is no option that the config's `{KEY}` can take"
            help = f"name a file of the folder `{cut(key)}`, without its suffix"
            raise SpecError(Diagnostic("bad-override", message, place, help)) from None
        return tree


def is_choice(tree: Mapping, folder: Path, setting: str) -> bool:
    """Whether a setting is the option of a group, which has a folder of its own."""
    group, _, option = setting.partition("=")
    name = group.strip().partition("@")[0]
    if not isinstance(tree.get(KEY), Listing) or option.strip().startswith(("{", "[")) or "." in name:
        return False
    return bool(re.fullmatch(r"\w[\w/-]*", name)) and os.path.isdir(folder / name)


@dataclass(frozen=True)
class _Item:
    """An item of a defaults list: a file, or an option of a group.

    `base` and `parent` are the group and the package of the config that has the list.

    The name of a file is its path without a suffix. `option` is None for a group that is left out.
    """

    name: str
    option: str | None
    is_group: bool
    package: str | None
    is_override: bool
    is_optional: bool
    base: str = ""
    parent: str = ""

    @property
    def is_self(self) -> bool:
        return not self.is_group and self.name == ITSELF

    @property
    def group(self) -> str:
        """The group of its file, such as `model/head`."""
        name = self.name if self.is_group else self.name.rpartition("/")[0] if "/" in self.name.lstrip("/") else ""
        if self.name.startswith("/"):
            return name.lstrip("/")
        return "/".join(filter(None, (self.base, name)))

    @property
    def path(self) -> str:
        """Its file, without the suffix."""
        file = self.option if self.is_group else self.name.rpartition("/")[2]
        return "/".join(filter(None, (self.group, file)))

    def place(self, header: str | None) -> str:
        """The package of its keys; `header` is that which the file itself names."""
        package = self.package if self.package is not None else header
        if package is None:
            relative = self.name.strip("/") if self.is_group else self.name.strip("/").rpartition("/")[0]
            package = relative.replace("/", ".")
        package = package.replace("_group_", f"{ROOT}.{self.group.replace('/', '.')}")
        whole = ".".join(filter(None, (self.parent, "" if package == "_here_" else package)))
        return whole[whole.rfind(ROOT) + len(ROOT) :].lstrip(".") if ROOT in whole else whole

    @property
    def key(self) -> str:
        """The name by which an override finds it."""
        package = self.place(None)
        return self.group if package == self.group.replace("/", ".") else f"{self.group}@{package or ROOT}"


@dataclass
class _Composer:
    """Reads the files of a defaults list in Hydra's order; `choices` are the options that replace others, by key."""

    folder: Path
    choices: dict[str, str]
    used: set[str] = field(default_factory=set)
    known: dict[str, str | None] = field(default_factory=dict)
    count: int = 0
    size: int = 0

    def whole(self, tree: Mapping) -> Mapping:
        """The composed config."""
        primary = _Item("", None, False, None, False, False)
        result = _Growing(Entry(Scalar(KEY, tree.span), tree))
        left = MOST_VALUES
        for package, part in self._parts(tree, primary, "", 0):
            names = [name for name in package.split(".") if name]
            if len(names) > DEEPEST:
                raise _Unknown
            left = result.put(_under(part, names), left)
            if left < 0:
                raise _too_large(f"{MOST_VALUES:,} values", tree.span)
        if set(self.choices) != self.used:
            raise _Unknown
        return result.node()

    def _parts(self, tree: Mapping, item: _Item, place: str, depth: int) -> list[tuple[str, Mapping]]:
        """The package and the keys of a file and of those that it names, in the order of merging."""
        if depth > DEEPEST:
            raise _Unknown
        own = replace(tree, entries=tuple(each for each in tree if each.key.text != KEY))
        items = [replace(each, base=item.group, parent=place) for each in _items(tree.get(KEY))]
        if not items:
            return [(place, own)]
        if sum(each.is_self for each in items) > 1:
            raise _Unknown
        if not any(each.is_self for each in items) and not all(each.is_override for each in items):
            items.append(_Item(ITSELF, None, False, None, False, False))
        for each in items:
            if each.is_override and not _is_own(each):
                self.choices.setdefault(each.key, each.option or "null")
        later = [each for each in items if each.option and "${" in each.option]
        found: dict[int, list[tuple[str, Mapping]]] = {}
        for each in (*(each for each in reversed(items) if each not in later), *later):
            if each.is_self:
                found[id(each)] = [(place, own)]
            elif not each.is_override and not _is_own(each):
                found[id(each)] = self._read(each, depth)
        if not found:
            return [(place, own)]
        return [part for each in items for part in found.get(id(each), ())]

    def _read(self, item: _Item, depth: int) -> list[tuple[str, Mapping]]:
        """The parts of an item."""
        if item.is_group and item.key in self.choices:
            self.used.add(item.key)
            chosen = self.choices[item.key]
            item = replace(item, option=None if chosen in ("null", "None", "~", "") else chosen)
        if item.option is not None:
            item = replace(item, option=_VARIABLE.sub(self._choice, item.option))
        if item.is_group:
            if self.known.setdefault(item.key, item.option) != item.option:
                raise _Unknown
            if item.option is None:
                return []
        self.count += 1
        if item.option == UNSET or "${" in item.path or self.count > MOST_FILES:
            raise _Unknown
        places = (self.folder / f"{_bare(item.path)}{suffix}" for suffix in SUFFIXES)
        path = next((place for place in places if os.path.isfile(place)), None)
        if path is None:
            if item.is_optional:
                return []
            raise _Unknown
        source, _, _ = read_source(path)
        self.size += len(source.text)
        if self.size > MOST_TEXT:
            raise _too_large(f"{MOST_TEXT // 1024} KiB", source.span(0, 1))
        if all(not line.strip() or line.lstrip().startswith("#") for line in source.lines):
            return []
        tree = read_yaml(source)
        if not isinstance(tree, Mapping):
            raise _Unknown
        return self._parts(tree, item, item.place(_header(source.lines)), depth + 1)

    def _choice(self, match: re.Match[str]) -> str:
        """The option of another group."""
        option = self.known.get(match["group"])
        if option is None:
            raise _Unknown
        return option


def _too_large(bound: str, place: Span) -> SpecError:
    return SpecError(Diagnostic("too-large", f"the files that `{KEY}` names hold more than {bound}", place))


def _is_own(item: _Item) -> bool:
    """Whether an item is of a group of Hydra itself."""
    return item.group.partition("/")[0] == OWN


def _bare(path: str) -> str:
    """A path without a suffix, which Hydra allows."""
    return path.removesuffix(SUFFIXES[0]).removesuffix(SUFFIXES[1])


def _items(node: Node | None) -> Iterator[_Item]:
    """The items of a defaults list; of several options of a group, each one."""
    for each in node.items if isinstance(node, Listing) else ():
        if isinstance(each, Scalar):
            yield _item(each.text, None, False)
        elif isinstance(each, Mapping) and len(each.entries) == 1:
            entry = each.entries[0]
            options = entry.value.items if isinstance(entry.value, Listing) else (entry.value,)
            for option in options:
                if not isinstance(option, Scalar):
                    raise _Unknown
                text = None if option.text in ("", "null", "~") and not option.quoted else option.text
                item = _item(entry.key.text, text, True)
                several = isinstance(entry.value, Listing) and text is not None
                yield replace(item, name=f"{item.name}/{text}", option=None, is_group=False) if several else item
        else:
            raise _Unknown


def _item(text: str, option: str | None, is_group: bool) -> _Item:
    match = _CHOICE.fullmatch(text.strip())
    if match is None:
        raise _Unknown
    keywords = match["keywords"].split()
    return _Item(match["name"], option, is_group, match["package"], "override" in keywords, "optional" in keywords)


def _header(lines: list[str]) -> str | None:
    """The package that a file names in its first lines; None if it names none."""
    for line in lines:
        if match := _HEADER.fullmatch(line.strip()):
            package = match["package"]
            return package if package.startswith(ROOT) else f"{ROOT}.{package}"
        if line.strip() and not re.match(r"\s*#\s*@", line):
            break
    return None


def _under(tree: Mapping, names: list[str]) -> Mapping:
    """A mapping under some keys."""
    for name in reversed(names):
        tree = replace(tree, entries=(Entry(Scalar(name, tree.span), tree),))
    return tree


@dataclass
class _Growing:
    """A mapping while others are merged onto it: the entry of the last one, and what is at its keys."""

    entry: Entry
    inner: dict[str, Entry | _Growing] = field(default_factory=dict)

    def put(self, new: Mapping, left: int) -> int:
        """Merge a mapping, in which `???` leaves a value as it is; how many of the values that are `left` it leaves."""
        for each in new:
            name, value = each.key.text, each.value
            left -= 1
            if left < 0:
                return left
            before = self.inner.get(name)
            if isinstance(value, Mapping):
                place = _Growing(each, before.inner if isinstance(before, _Growing) else {})
                self.inner[name] = place
                left = place.put(value, left)
            elif before is None or not (isinstance(value, Scalar) and value.text == UNSET):
                self.inner[name] = each
        return left

    def node(self) -> Mapping:
        """The merged mapping."""
        entries = tuple(
            Entry(each.entry.key, each.node()) if isinstance(each, _Growing) else each for each in self.inner.values()
        )
        assert isinstance(self.entry.value, Mapping)
        return replace(self.entry.value, entries=entries)
