"""Sources of specs: files, standard input, shipped presets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.wording import did_you_mean

LARGEST = 1 << 20  # bytes; longer lists belong in a table
BINARY = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")  # how a zip file and a pickle begin
POINTER = "version https://git-lfs.github.com/spec/"


def read_source(place: str | os.PathLike[str]) -> tuple[Source, Path, str]:
    """The text at a path, `-` (standard input) or a preset's name; its folder; its stem.

    `SpecError` if it cannot be read, or is neither UTF-8 text nor a zip file or pickle.
    """
    name = os.fspath(place)
    if name == "-":
        return _source("<stdin>", "<stdin>", _read_stdin()), Path(), "stdin"
    path = _find(name)
    return _source(str(path), name, _read_file(path, name)), path.parent, _text(path.stem)


def preset_folder() -> Path:
    """The folder of the shipped specs: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def preset_names() -> list[str]:
    """The names of the shipped specs."""
    return sorted(path.stem for path in preset_folder().glob("*.yaml"))


def preset_text(name: str) -> str:
    """The text of a shipped spec."""
    return (preset_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _find(name: str) -> Path:
    path = Path(name)
    if "\0" in name or not name:
        raise _unreadable(name, "not a path")
    if not os.path.exists(path) and name in preset_names():
        return preset_folder() / f"{name}.yaml"
    return path


def _read_file(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        help = did_you_mean(name, preset_names()) if path.name == path.stem else None
        raise _unreadable(name, "there is no such file" + (" and no such preset" if help else ""), help) from None
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from None


def _text(name: str) -> str:
    """A file's name as text; bytes that are not UTF-8 are replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _read_stdin() -> bytes:
    stream: TextIO | None = sys.stdin  # None if it is closed, unlike its declared type
    if stream is None:
        raise _unreadable("-", "standard input is closed")
    return stream.buffer.read(LARGEST + 1)


def _source(shown: str, name: str, content: bytes) -> Source:
    if len(content) > LARGEST:
        raise _unreadable(name, "a spec is at most 1 MiB", "put long lists of values in a `table`")
    if content.startswith(BINARY):
        return Source(shown, content=content)
    text = _decode(name, content)
    if text.startswith(POINTER):
        raise _unreadable(name, "it is a Git LFS pointer, not the file itself", "run `git lfs pull`")
    return Source(shown, text)


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n")
        span = Span(Source(name), line=line)
        raise SpecError(Diagnostic("encoding", "the spec is not UTF-8 text", span, "save it as UTF-8")) from None


def _unreadable(name: str, reason: str, help: str | None = None) -> SpecError:
    return SpecError(Diagnostic("unreadable", f"cannot read `{name}`: {reason}", None, help))
