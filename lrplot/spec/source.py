"""Sources of specs: files, standard input, shipped presets."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

from lrplot.diagnostics import Diagnostic, Source, SpecError
from lrplot.text.places import on_disk
from lrplot.text.stdin import standard_input
from lrplot.wording import nearest, one_of

EMPTY = "the folder holds no spec and no training config"
NO_SPEC = "a spec has a `schedule` and a length, such as `steps: 1000`, at its top level"
SPECS = (".yaml", ".yml", ".toml", ".json")  # suffixes of specs and configs
SHELL = (".sh", ".bash", ".slurm", ".sbatch")
MARKDOWN = (".md", ".markdown")
CONFIGS = (".py", ".cfg", *SHELL, *MARKDOWN, ".bin")  # suffixes of configs alone
SCHEMA = "lrplot.schema.json"  # in the presets' folder, for editors: what `lrplot schema` prints
LARGEST = 1 << 20  # bytes; longer lists belong in a table
BINARY = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")  # how a zip file and a pickle begin
POINTER = "version https://git-lfs.github.com/spec/"


def read_source(place: str | os.PathLike[str]) -> tuple[Source, Path, str]:
    """The text at a path, `-` (standard input) or a preset's name; its folder; its stem.

    A folder stands for the only spec in it. `SpecError` if it cannot be read, or is neither UTF-8 text nor a zip
    file or pickle.
    """
    name = os.fspath(place) if isinstance(place, os.PathLike) else place
    if not isinstance(name, str):
        raise TypeError(f"a spec must be a mapping, a str or an os.PathLike, not {type(place).__name__}")
    if name == "-":
        return _source("<stdin>", "<stdin>", _read_stdin()), Path(), "stdin"
    path = _find(name)
    shown = f"{path.stem} (preset)" if name == path.stem and path.parent == preset_folder() else str(path)
    return _source(shown, name, _read_file(path, name)), path.parent, _text(path.stem)


def spec_files(place: str) -> list[str]:
    """The specs and configs in a folder; any other place is itself the one. `SpecError` for a folder without any."""
    if place == "-" or "\0" in place or place in preset_names() or not os.path.isdir(place):
        return [place]
    from lrplot.spec.folder import specs_in  # most specs are files

    if not (found := specs_in(Path(place))):
        raise _unreadable(place, EMPTY, NO_SPEC)
    return [str(path) for path in found]


@cache  # a spec may be a preset's name, so that every path is compared with them
def preset_folder() -> Path:
    """The folder of the shipped specs: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@cache
def preset_names() -> tuple[str, ...]:
    """The names of the shipped specs."""
    return tuple(sorted(name.removesuffix(".yaml") for name in os.listdir(preset_folder()) if name.endswith(".yaml")))


def preset_advice(name: str) -> str:
    """The cure for a name that is no preset: the nearest ones, and where all are listed."""
    names = preset_names()
    near = nearest(name, names, 1, 0.6)
    meant = f"did you mean `{near[0]}`?" if near else "the nearest are " + one_of(nearest(name, names))
    return f"{meant}{'' if near else ';'} `lrplot presets` lists all {len(names)}"


def preset_path(name: str) -> Path:
    """The file of a shipped spec."""
    return preset_folder() / f"{name}.yaml"


def preset_text(name: str) -> str:
    """The text of a shipped spec, with full paths of its schema and the files that it reads, to be put anywhere."""
    from json import dumps  # a quoted text in JSON is one in YAML

    text = preset_path(name).read_text(encoding="utf-8")
    text = text.replace(f"$schema={SCHEMA}", f"$schema={(preset_folder() / SCHEMA).absolute().as_uri()}", 1)
    for path in preset_folder().glob("*.csv"):
        text = text.replace(f"file: {path.name}", f"file: {dumps(str(path), ensure_ascii=False)}")
    return text


def _find(name: str) -> Path:
    path = Path(name)
    if "\0" in name or not name:
        raise _unreadable(name, "not a path")
    if name in preset_names() and (not os.path.exists(path) or os.path.isdir(path)):
        return preset_path(name)
    if not os.path.isdir(on_disk(path)):
        return path
    from lrplot.spec.folder import specs_in

    found = specs_in(path, deep=False)
    if not found:
        raise _unreadable(name, EMPTY, NO_SPEC)
    if len(found) > 1:
        help = f"give a file, such as `{found[0]}`; `lrplot check` and `lrplot show` take all of them"
        raise _unreadable(name, f"it is a folder with {len(found):,} specs", help)
    return found[0]


def _read_file(path: Path, name: str) -> bytes:
    try:
        with on_disk(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        if name != path.stem:
            raise _unreadable(name, "there is no such file") from None
        raise _unreadable(name, "there is no such file and no such preset", preset_advice(name)) from None
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from None
    except UnicodeEncodeError:
        raise _unreadable(name, "not a path") from None


def _text(name: str) -> str:
    """A file's name as text; bytes that are not UTF-8 are replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _read_stdin() -> bytes:
    stream = standard_input()
    if stream is None:
        raise _unreadable("-", "standard input is closed")
    return stream.read(LARGEST + 1)


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
        return content.decode("utf-8-sig").lstrip("\ufeff")  # of several byte order marks, libyaml counts one
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        span = replace(Source(name, before).span(len(before), len(before)), source=Source(name))
        raise SpecError(Diagnostic("encoding", "the spec is not UTF-8 text", span, "save it as UTF-8")) from None


def _unreadable(name: str, reason: str, help: str | None = None) -> SpecError:
    return SpecError(Diagnostic("unreadable", f"cannot read `{name}`: {reason}", None, help))
