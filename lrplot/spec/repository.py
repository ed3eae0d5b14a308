"""A git repository, read by git itself: its revisions, the files in them, and what differs between two.

Nothing in the repository is run or written: no hook, filter, text conversion, file-system monitor or transport. Only
git's plumbing commands are used. Contents are those of the objects, without the conversions of a checkout.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.spec.source import POINTER
from lrplot.wording import cut, did_you_mean

HEAD = "HEAD"
REGULAR = ("100644", "100755", "100664")  # modes of files; others are links (120000) and submodules (160000)
LINK = "120000"
SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "submodule.recurse=false",
    "grep.fallbackToNoIndex=false",
    "grep.fullName=false",
)
CURES = {
    "not a git repository": "run it inside a git repository",
    "dubious ownership": "if you trust it, run `git config --global --add safe.directory FOLDER`",
}
LARGEST = 1 << 26  # bytes of a file in the working tree that is compared with its object
ASKED = 256  # objects that git is asked for at once: their names fit into a pipe
FILTERS = ("clean", "smudge", "process")  # commands of a filter, which are switched off
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone fetches nothing
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
DROPPED = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")


@dataclass(frozen=True)
class Ends:
    """The two states that are compared: names as they are shown, and commits; None for the working tree."""

    before: str
    after: str
    old: str
    new: str | None


@dataclass(frozen=True)
class Tree:
    """The files of a commit or of the index by their paths from the top, and the links, each with its object."""

    files: dict[str, str]
    links: dict[str, str]

    @cached_property
    def folders(self) -> set[str]:
        """The folders that hold files."""
        found: set[str] = set()
        for path in self.files:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return found


@dataclass(frozen=True)
class Altered:
    """A file that differs between two states: its objects, None on the side that lacks it.

    The object of a file in the working tree is empty if git does not know it.
    """

    path: str
    old: str | None
    new: str | None


@dataclass
class Repository:
    """A repository at its top folder; a bare one has no working tree, and its own folder is the top."""

    top: Path
    bare: bool
    _settings: tuple[str, ...] = SETTINGS
    _reader: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that a folder is in; a `Fault` if it is in none, or if there is no git."""
        inside = _run(folder, ("rev-parse", "--is-inside-work-tree"))
        bare = _text(inside.stdout) != "true"
        if not inside.returncode:
            found = _run(folder, ("rev-parse", "--absolute-git-dir" if bare else "--show-toplevel"))
        if inside.returncode or found.returncode:
            reason = _reason(inside if inside.returncode else found)
            help = next((cure for words, cure in CURES.items() if words in reason), None)
            raise Fault(f"no repository can be read here: {reason}", code="no-repository", help=help)
        repository = cls(Path(_text(found.stdout)), bare)
        repository._settings += tuple(repository._filters_off())
        return repository

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *error: object) -> None:
        if self._reader:
            self._reader.kill()
            self._reader.communicate()

    def _filters_off(self) -> Iterator[str]:
        """Settings that switch off each filter that the configuration of git names."""
        listed = self._git("config", "-z", "--name-only", "--get-regexp", r"^filter\.").stdout
        for name in sorted({_text(each).rpartition(".")[0] for each in listed.split(b"\0") if each}):
            if "=" in name or "\n" in name:
                raise Fault(f"the filter `{cut(name)}` of git cannot be switched off", code="no-repository")
            yield f"{name}.required=false"
            yield from (f"{name}.{command}=" for command in FILTERS)

    def ends(self, revision: str) -> Ends:
        """The states that a revision names: `REV` and the working tree, `A..B`, or `A...B` from their merge base.

        A name that is left out in a range is HEAD. A `Fault` if a name is no commit.
        """
        if (commit := self.commit(revision)) or ".." not in revision:
            commit = commit or self._known(revision)
            if self.bare:
                message = "there is no working tree here to compare with"
                help = f"name two revisions, such as `{HEAD}~1..{HEAD}`"
                raise Fault(message, field=revision, code="bad-option", help=help)
            return Ends(revision, "the working tree", commit, None)
        dots = "..." if "..." in revision else ".."
        first, _, second = revision.partition(dots)
        first, second = first or HEAD, second or HEAD
        old, new = self._known(first, revision), self._known(second, revision)
        if dots == "...":
            base = self._git("merge-base", old, new)
            if base.returncode:
                message = f"`{first}` and `{second}` have no common commit here"
                raise Fault(message, field=revision, code="bad-revision", help=self._shallow_help())
            old, first = _text(base.stdout).split()[0], f"the merge base of {first} and {second}"
        return Ends(first, second, old, new)

    def commit(self, name: str) -> str | None:
        """The commit that a name means; None if it means none."""
        if not name or name.startswith("-") or "\0" in name:
            return None
        found = self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return None if found.returncode else _text(found.stdout)

    def _known(self, name: str, whole: str | None = None) -> str:
        """The commit that a name means; a `Fault` at the word `whole` if it means none."""
        if commit := self.commit(name):
            return commit
        listed = self._git("for-each-ref", "--format=%(refname:short)").stdout
        names = [_text(each) for each in listed.split(b"\n") if each]
        near = did_you_mean(name, names, "name a commit, a branch or a tag, or a file or folder that is here")
        help = "the repository has no commit yet" if name == HEAD else self._shallow_help() or near
        raise Fault(f"there is no revision `{cut(name)}`", field=whole or name, code="bad-revision", help=help)

    def _shallow_help(self) -> str | None:
        shallow = _text(self._git("rev-parse", "--is-shallow-repository").stdout) == "true"
        return "this clone is shallow: fetch more of its history, such as by `git fetch --unshallow`" * shallow or None

    def tree(self, commit: str | None) -> Tree:
        """The files of a commit, or those that the index holds."""
        if commit is None:
            rows = self._data("ls-files", "-z", "--stage", "--full-name")
        else:
            rows = self._data("ls-tree", "-r", "-z", "--full-tree", commit)
        files, links = {}, {}
        for row in rows:
            about, _, path = row.partition(b"\t")
            words = about.decode("ascii").split(" ")  # mode, object, stage; or mode, type, object
            mode, object = words[0], words[1 if commit is None else 2]
            if mode in REGULAR:
                files[os.fsdecode(path)] = object
            elif mode == LINK:
                links[os.fsdecode(path)] = object
        return Tree(files, links)

    def altered(self, ends: Ends) -> list[Altered]:
        """The files that differ, in the order of their paths; links and submodules are left out."""
        options = ("--raw", "--no-renames", "--ignore-submodules=all", "--no-abbrev", "-z")
        if ends.new is None:
            rows = self._data("diff-index", *options, ends.old)
        else:
            rows = self._data("diff-tree", "-r", *options, ends.old, ends.new)
        found: dict[str, Altered] = {}
        for about, path in zip(rows[::2], rows[1::2], strict=True):
            before, after, old, new, _ = about.decode("ascii").removeprefix(":").split(" ")
            name = os.fsdecode(path)
            known = [before in REGULAR, after in REGULAR]
            if ends.new is None and known[1]:  # git gives a pipe or a device the mode that the file had
                known[1] = os.path.isfile(os.path.join(self.top, name))
            if any(known):
                found[name] = Altered(name, old if known[0] else None, _object(new) if known[1] else None)
        return [each for each in found.values() if not self._is_same(each)]

    def _is_same(self, file: Altered) -> bool:
        """Whether a file in the working tree, which git has not compared, is its object: as a checkout wrote it."""
        if file.old is None or file.new != "":
            return False
        path = self.top / file.path
        try:
            if path.stat().st_size > LARGEST:
                return False
            content = path.read_bytes()
        except OSError:
            return False
        old = self.content(file.old)
        if old.startswith(POINTER.encode()):
            return f"sha256:{sha256(content).hexdigest()}".encode() in old
        return content == old or content.replace(b"\r\n", b"\n") == old

    def content(self, object: str) -> bytes:
        """The bytes of a file's object; a `Fault` if the clone lacks it."""
        return next(self.contents([object]))

    def contents(self, objects: Sequence[str]) -> Iterator[bytes]:
        """The bytes of each of some objects; a `Fault` if the clone lacks one."""
        into, out = self._open_reader()
        for start in range(0, len(objects), ASKED):
            part = objects[start : start + ASKED]
            with suppress(BrokenPipeError):
                into.write("".join(f"{object}\n" for object in part).encode())
                into.flush()
            yield from [_printed(out, object) for object in part]  # all of them, or the next request reads the rest

    def _open_reader(self) -> tuple[IO[bytes], IO[bytes]]:
        """The pipes to and from a process of git that prints objects."""
        if self._reader is None:
            self._reader = subprocess.Popen(
                self._command("cat-file", "--batch"),
                cwd=self.top,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        into, out = self._reader.stdin, self._reader.stdout
        assert into is not None
        assert out is not None
        return into, out

    def containing(self, commit: str | None, texts: Sequence[str], suffixes: Sequence[str]) -> list[str]:
        """The paths of files with one of some suffixes and one of some texts, in a commit or the working tree."""
        where = () if commit is None else (commit,)
        patterns = [word for text in texts for word in ("-e", text)]
        files = [f":(top,icase,glob)**/*{suffix}" for suffix in suffixes]
        options = ("-l", "-z", "-I", "-F", "--no-textconv", "--no-color", "--full-name")
        found = self._git("grep", *options, *patterns, *where, "--", *files)
        if found.returncode > 1:
            raise Fault(f"git cannot read the repository: {_reason(found)}", code="no-repository")
        prefix = "" if commit is None else f"{commit}:"
        return [os.fsdecode(each).removeprefix(prefix) for each in found.stdout.split(b"\0") if each]

    def _data(self, *words: str) -> list[bytes]:
        """The fields that a command of git prints, each ended by a null byte; a `Fault` if the command fails."""
        done = self._git(*words)
        if done.returncode:
            raise Fault(f"git cannot read the repository: {_reason(done)}", code="no-repository")
        return done.stdout.split(b"\0")[:-1]

    def _git(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return _run(self.top, words, self._settings)

    def _command(self, *words: str) -> list[str]:
        return _command(words, self._settings)


def _command(words: Sequence[str], settings: Sequence[str]) -> list[str]:
    options = [word for setting in settings for word in ("-c", setting)]
    return ["git", "--no-pager", *options, *words]


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in DROPPED} | ENVIRONMENT


def _run(folder: Path, words: Sequence[str], settings: Sequence[str] = SETTINGS) -> subprocess.CompletedProcess[bytes]:
    command = _command(words, settings)
    try:
        return subprocess.run(
            command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        if error.filename != "git":
            raise
        raise Fault(f"git cannot be run: {error.strerror}", code="no-repository", help="install git") from None


def _printed(file: IO[bytes], object: str) -> bytes:
    """The next object that git prints; a `Fault` if it is missing."""
    head = file.readline().split()  # object, type, size
    if len(head) != 3:
        message = f"this clone lacks the object {object}"
        raise Fault(message, code="no-repository", help="`git diff` fetches what a partial clone lacks")
    return file.read(int(head[2]) + 1)[:-1]


def _object(name: str) -> str:
    """An object as git prints it, which is all zeros if git has not looked at a file: then empty."""
    return name if name.strip("0") else ""


def _text(content: bytes) -> str:
    """The line that git printed, without its end."""
    return os.fsdecode(content.removesuffix(b"\n"))


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """The first line of an error of git."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it failed without a message"]
    return lines[0].removeprefix("fatal: ")
