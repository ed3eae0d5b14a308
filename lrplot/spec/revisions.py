"""Specs and configs in two states of a repository: those that changed, and those that read a file that changed.

The files of a revision are put into a temporary folder one by one, when a spec asks for them. Files that git does not
track, and files outside of the repository, are those on disk in both states, as after a checkout.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from lrplot.diagnostics import Fault, SpecError
from lrplot.spec.folder import is_spec_or_config
from lrplot.spec.inheritance import KEYS
from lrplot.spec.repository import Altered, Ends, Repository, Tree
from lrplot.spec.source import CONFIGS, LARGEST, SPECS, read_source
from lrplot.spec.texts import says_the_same
from lrplot.text.places import reading_from
from lrplot.trainers import TRAINERS

MOST_LINKS = 8  # that are followed in a path
RENAMED = 0.5  # share of the larger file's bytes, in lines that both have, from which a file is a renamed one
MOST_RENAMES = 1 << 12  # pairs of files that are compared
INCLUDES = (*KEYS, "read_base", "config-name", "config-path", "config-dir")  # what a text that builds on others holds
WORD = re.compile(rb"\w+")


@dataclass(eq=False)
class Side:
    """One state of a repository, as specs read it: the working tree.

    `paths` are those of its files that git tracks, and `asked` those for which a spec asked.
    """

    top: Path
    paths: Collection[str]
    asked: set[str] = field(default_factory=set)

    @contextmanager
    def reading(self) -> Iterator[set[str]]:
        """Read files from this state; the set holds the paths that are asked for meanwhile."""
        self.asked = set()
        with reading_from(self.find):
            yield self.asked

    def find(self, path: Path) -> Path:
        """The file on disk that holds what a path names in this state."""
        inner = self._inside(path)
        if inner is None:
            return path
        self.asked.add(inner)
        return self.place(inner, path)

    def place(self, inner: str, path: Path) -> Path:
        """The file on disk for a path in the repository."""
        return path

    def contents(self, paths: Sequence[str]) -> Iterator[bytes]:
        """The bytes of some files; none of a file that cannot be read."""
        for path in paths:
            try:
                with open(os.path.join(self.top, path), "rb") as file:
                    yield file.read(LARGEST)
            except OSError:
                yield b""

    def _inside(self, path: Path) -> str | None:
        """A path relative to the repository's top; None if it is outside, or no path."""
        if "\0" in str(path):
            return None
        try:
            return Path(os.path.abspath(path)).relative_to(self.top).as_posix()
        except ValueError:
            return None


@dataclass(eq=False)
class Revision(Side):
    """The state of a commit; `tracked` is what git tracks in the working tree, None if no file on disk counts."""

    repository: Repository = field(kw_only=True)
    tree: Tree = field(kw_only=True)
    tracked: Tree | None = field(kw_only=True)
    folder: Path = field(kw_only=True)

    def place(self, inner: str, path: Path) -> Path:
        """The file of the commit, written into the temporary folder; if git does not track it, the one on disk."""
        real = self._unlinked(inner)
        target = self.folder / (inner if real is None else real)
        if real in self.tree.files:
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.repository.content(self.tree.files[real]))
        elif real in self.tree.folders:
            target.mkdir(parents=True, exist_ok=True)
        elif real is not None and self.tracked and not self._is_tracked(self.tracked, real):
            return path
        return target

    def contents(self, paths: Sequence[str]) -> Iterator[bytes]:  # noqa: D102  # Side's
        return self.repository.contents([self.tree.files[path] for path in paths])

    @staticmethod
    def _is_tracked(tree: Tree, path: str) -> bool:
        return path in tree.files or path in tree.folders or path in tree.links

    def _unlinked(self, path: str) -> str | None:
        """A path with the links of the commit followed; None if they lead out of the repository, or in a circle."""
        for _ in range(MOST_LINKS if self.tree.links else 1):
            parts = path.split("/")
            heads = ["/".join(parts[:stop]) for stop in range(1, len(parts) + 1)]
            link = next((head for head in heads if head in self.tree.links), None)
            if link is None:
                return path
            to = os.fsdecode(self.repository.content(self.tree.links[link]))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(link), to, path[len(link) :].lstrip("/")))
            if path.startswith(("/", "../")):
                return None
        return None


@dataclass(frozen=True)
class Pair:
    """A spec or config in two states: its path in each, None in the state that lacks it.

    `through` are the files that changed, if it is only such files, which it reads, and not the spec itself.
    """

    old: str | None
    new: str | None
    through: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path by which it is listed."""
        path = self.new or self.old
        assert path is not None
        return path


@dataclass(eq=False)
class Revisions:
    """Two states of a repository."""

    repository: Repository
    ends: Ends
    before: Side
    after: Side
    paths: tuple[str, ...]

    @classmethod
    @contextmanager
    def between(cls, revision: str, paths: Sequence[str], folder: Path) -> Iterator[Revisions]:
        """The states that a revision names in the repository around a folder, for the paths relative to that folder.

        A `Fault` if there is no such repository, revision or path.
        """
        with (
            Repository.around(folder) as repository,
            TemporaryDirectory(prefix="lrplot-", ignore_cleanup_errors=True) as spare,
        ):
            ends = repository.ends(revision)
            tracked = None if repository.bare else repository.tree(None)
            place = Path(spare).resolve()

            def side(commit: str | None, name: str) -> Side:
                if commit is None:
                    return Side(repository.top, tracked.files if tracked else ())
                tree, own = repository.tree(commit), tracked if ends.new is None else None
                home = place / name
                return Revision(repository.top, tree.files, repository=repository, tree=tree, tracked=own, folder=home)

            both = side(ends.old, "before"), side(ends.new, "after")
            trees = [each.tree if isinstance(each, Revision) else tracked or Tree({}, {}) for each in both]
            yield cls(repository, ends, *both, tuple(_inner(each, repository.top, folder, trees) for each in paths))

    def pairs(self, reads: Callable[[str], set[str]]) -> list[Pair]:
        """The specs and configs that differ, in the order of their paths: changed ones, and those that read others.

        `reads` gives the paths for which a file asks when it is loaded in the state after. A file that a spec or
        config in the list reads is none of its own, unless it is one of the paths.
        """
        altered = self.repository.altered(self.ends)
        names = {each.path for each in altered}
        changed = self._changed(altered)
        asked = {pair.new: reads(pair.new) - {pair.new} for pair in changed if pair.new}
        own = {path for pair in changed for path in (pair.old, pair.new)}
        for path in self._including(names, own):
            asked[path] = reads(path) - {path}
        indirect = [
            Pair(path, path, tuple(sorted(found & names)))
            for path, found in asked.items()
            if path not in own and found & names and self._is_listed(path)
        ]
        listed = [pair for pair in changed if self._is_listed(pair.path)]
        named = {name for pair in (*listed, *indirect) for name in asked.get(pair.new or "", ())}
        listed = [pair for pair in listed if pair.path in self.paths or pair.path not in named]
        return sorted([*listed, *indirect], key=lambda pair: pair.path)

    def says_the_same(self, pair: Pair) -> bool:
        """Whether the text of a spec differs only in comments and layout."""
        if pair.old is None or pair.new is None:
            return False
        texts = []
        for side, path in ((self.before, pair.old), (self.after, pair.new)):
            with side.reading(), suppress(SpecError):
                texts.append(read_source(self.repository.top / path)[0])
        return len(texts) == 2 and says_the_same(*texts)

    def _is_listed(self, path: str) -> bool:
        return not self.paths or any(place in ("", path) or path.startswith(f"{place}/") for place in self.paths)

    def _changed(self, altered: Iterable[Altered]) -> list[Pair]:
        """The specs and configs among files that differ, a renamed one as one."""
        pairs: list[Pair] = []
        gone: list[str] = []
        fresh: list[str] = []
        for file in altered:
            if not file.path.lower().endswith((*SPECS, *CONFIGS)):
                continue
            was = file.old is not None and self._is_spec(self.before, file.path)
            now = file.new is not None and self._is_spec(self.after, file.path)
            if was and file.new is None:
                gone.append(file.path)
            elif now and file.old is None:
                fresh.append(file.path)
            elif was or now:
                pairs.append(Pair(file.path, file.path))
        renamed = self._renamed(gone, fresh)
        left = [path for path in gone if path not in renamed.values()]
        return [*pairs, *(Pair(renamed.get(path), path) for path in fresh), *(Pair(path, None) for path in left)]

    def _is_spec(self, side: Side, path: str) -> bool:
        with side.reading():
            return is_spec_or_config(self.repository.top / path)

    def _renamed(self, gone: Sequence[str], fresh: Sequence[str]) -> dict[str, str]:
        """For files that are new, the removed ones that they were before: the most alike, each once."""
        if len(gone) * len(fresh) > MOST_RENAMES:
            return {}
        old = {path: _lines(text) for path, text in zip(gone, self.before.contents(gone), strict=True)}
        new = {path: _lines(text) for path, text in zip(fresh, self.after.contents(fresh), strict=True)}
        ranked = sorted(((_likeness(old[a], new[b]), a, b) for a, b in product(old, new)), reverse=True)
        found: dict[str, str] = {}
        for likeness, was, now in ranked:
            if likeness >= RENAMED and now not in found and was not in found.values():
                found[now] = was
        return found

    def _including(self, names: set[str], own: set[str | None]) -> Iterator[str]:
        """The specs and configs that may read one of some files: by its name, or by what they build on.

        Their texts hold the last word of its name, or that of a file between them; and if they do not build on others,
        the end of its name. `own` are none of these.
        """
        if not names:
            return
        ends = {posixpath.splitext(path)[1] or posixpath.basename(path) for path in names} - {*CONFIGS}
        texts = self.repository.containing(self.ends.new, [*INCLUDES, *sorted(ends)], (*SPECS, *CONFIGS))
        folders = {posixpath.dirname(path) for path in names if posixpath.basename(path) in _beside()}
        wanted, found = {_word(path) for path in names}, set[str]()
        known = wanted | {_word(path) for path in texts}
        contents = zip(texts, self.after.contents(texts), strict=True)
        words = {path: known.intersection(WORD.findall(content)) for path, content in contents}
        while True:
            more = {path for path, own_words in words.items() if path not in found and own_words & wanted}
            if not more:
                break
            found |= more
            wanted |= {_word(path) for path in more}
        found |= {path for path in self.after.paths if posixpath.dirname(path) in folders}
        for path in sorted(found - own):
            if self._is_listed(path) and any(self._is_spec(side, path) for side in (self.after, self.before)):
                yield path


def _inner(path: str, top: Path, folder: Path, trees: Iterable[Tree]) -> str:
    """A path relative to a folder as one relative to the top; a `Fault` if nothing is there in any of the trees."""
    if "\0" in path:
        raise Fault("this is no path", field=path, code="bad-option")
    try:
        inner = Path(os.path.realpath(folder / path)).relative_to(top).as_posix()
    except ValueError:
        help = "name a file or folder of the repository"
        raise Fault(f"`{path}` is outside of the repository", field=path, code="bad-option", help=help) from None
    inner = "" if inner == "." else inner
    if inner and not any(inner in tree.files or inner in tree.folders for tree in trees):
        message = f"`{path}` is no file or folder that git knows in either state"
        help = "`git add -N` makes a new file known"
        raise Fault(message, field=path, code="bad-option", help=help)
    return inner


def _beside() -> set[str]:
    """The names of files that programs read beside a config, without being told."""
    return {name for each in TRAINERS.values() for name in each.beside}


def _word(path: str) -> bytes:
    """The last word of a file's name, without its suffix: however a text names the file, it holds that word."""
    name = os.fsencode(posixpath.splitext(posixpath.basename(path))[0])
    words: list[bytes] = [name, *WORD.findall(name)]
    return words[-1]


def _lines(text: bytes) -> Counter[bytes]:
    return Counter(text.splitlines(keepends=True))


def _likeness(a: Counter[bytes], b: Counter[bytes]) -> float:
    """The share of two texts that is in lines which both have."""
    sizes = [sum(len(line) * count for line, count in lines.items()) for lines in (a, b, a & b)]
    return sizes[2] / max(*sizes[:2], 1)
