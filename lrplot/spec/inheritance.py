"""Configs that build on other files: `_base_` of mmengine and mmcv, `_BASE_` of detectron2 and Paddle's programs.

mmengine's newer configs import them: `with read_base(): from .base import *`. Nothing is imported: the files are read.
A config of a package (`mmdet::ssd/ssd300.py`, `from mmdet.configs.ssd import *`) is read if the package's folder is
beside the config or above it. A command of Hydra names its config by `--config-dir` or `--config-path`, beside the
script or above it, and `--config-name`.

Source: mmengine/config/config.py, Config._parse_lazy_import, Config._get_cfg_path
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from lrplot.diagnostics import Fault, SpecError
from lrplot.spec.source import read_source
from lrplot.text.merging import merged
from lrplot.text.places import on_disk
from lrplot.text.tree import Listing, Mapping, Node, Scalar, describe
from lrplot.text.yaml import read_yaml
from lrplot.wording import cut

HYDRA = "config_name"
KEYS = ("_base_", "_BASE_", HYDRA)
FOLDERS = ("config_dir", "config_path")  # in which Hydra's config is
MOST_FILES = 64
MOST_FOLDERS = 8  # above a config's, in which the folder of a package is looked for
_ELSEWHERE = re.compile(r"\w+://")  # on another machine
_REFERENCE = re.compile(r"\b_base_\s*[.\[]")  # in a Python file, to a value that is inherited
_PACKAGED = re.compile(r"(?P<package>\w+)::(?P<path>.+)")
_MODULE = re.compile(r"(?P<dots>\.{,50})(?P<names>\w+(?:\.\w+)*)")


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
    named = tree.get(HYDRA) is not None and any(tree.get(key) is not None for key in FOLDERS)
    return named or any(tree.get(key) is not None for key in KEYS if key != HYDRA)


@dataclass
class _Files:
    """The files that a config builds on, and how many have been read."""

    count: int = field(default=0)

    def merged(self, tree: Mapping, folder: Path, above: tuple[Path, ...]) -> Mapping:
        """A config of a folder with what it inherits; `above` are the files that build on it."""
        base = Mapping((), tree.span)
        names = _names(tree)
        if names and all(name.computed and _MODULE.fullmatch(name.text) for name in names):
            from lrplot.text.python import read_python  # which few configs need

            return read_python(tree.span.source, lambda module: self._read(module, tree, folder, above))
        for name in names:
            base = merged(base, self._read(name, tree, folder, above))
        if base.entries and _REFERENCE.search(tree.span.source.text):
            from lrplot.text.python import read_python

            tree = read_python(tree.span.source, base=base)
        own = replace(tree, entries=tuple(each for each in tree if each.key.text not in KEYS))
        return replace(own, entries=merged(base, own).entries) if base.entries else own

    def _read(self, name: Scalar, config: Mapping, folder: Path, above: tuple[Path, ...]) -> Mapping:
        """A file that a config of a folder names, with what it inherits."""
        self.count += 1
        key = next(key for key in KEYS if config.get(key) is not None)
        try:
            path = _path(name, folder, MOST_FOLDERS if key == HYDRA else 0)
        except (ValueError, RuntimeError, OSError) as error:  # a null byte, no such home, a name that is too long
            message, help = f"`{cut(name.text)}` is no path: {error}", "write the path of a file"
            raise Fault(message, code="undetermined", help=help).at(name.span) from None
        help = f"give the whole config that the program writes, or add `--set {key}=` to go without it"
        if path in above or self.count > MOST_FILES:
            what = "it builds on itself" if path in above else f"that are more than {MOST_FILES} files"
            raise Fault(f"`{cut(name.text)}` cannot be followed: {what}", code="undetermined", help=help).at(name.span)
        if (name.computed and not _MODULE.fullmatch(name.text)) or _ELSEWHERE.match(name.text):
            raise Fault(f"`{cut(name.text)}` cannot be followed", code="undetermined", help=help).at(name.span)
        try:
            source, _, _ = read_source(path)
        except SpecError as error:
            message = error.diagnostics[0].message
            if package := _package(name):
                what = f"`{cut(name.text)}` is a config of the package `{cut(package)}`"
                message = f"{what}, which is not beside this file or above"
            raise Fault(message, code="missing-fact", help=help).at(name.span) from None
        tree: Node
        if path.suffix == ".py":
            from lrplot.text.python import read_python

            tree = read_python(source)
        else:
            tree = read_yaml(source, tagged=True)
        if not isinstance(tree, Mapping):
            raise Fault(f"a config is a mapping, this is {describe(tree)}", code="bad-type").at(tree.span)
        return self.merged(tree, path.parent, (*above, path))


def _package(name: Scalar) -> str:
    """The package that a config belongs to; empty for a path, and for a module relative to the file."""
    if match := _PACKAGED.fullmatch(name.text):
        return match["package"]
    match = _MODULE.fullmatch(name.text) if name.computed else None
    return match["names"].partition(".")[0] if match and not match["dots"] else ""


def _path(name: Scalar, folder: Path, above: int) -> Path:
    """The file that a config of a folder names: by its path, as a module, or within a package.

    A path is relative to the folder, or to one of those `above` it.
    """
    if match := _PACKAGED.fullmatch(name.text):
        inner = (f"{match['package']}/.mim/configs/{match['path']}", f"configs/{match['path']}")
        return _found(folder, match["package"], [each if each.endswith(".py") else f"{each}.py" for each in inner])
    match = _MODULE.fullmatch(name.text) if name.computed else None
    if match is None:
        places = [
            (base / Path(name.text).expanduser()).resolve() for base in (folder, *folder.resolve().parents[:above])
        ]
        return next((place for place in places if os.path.isfile(on_disk(place))), places[0])
    module = match["names"].replace(".", "/") + ".py"
    if not match["dots"]:
        return _found(folder, match["names"].partition(".")[0], [module])
    return folder.joinpath(*[".."] * (len(match["dots"]) - 1), module).resolve()


def _found(folder: Path, package: str, names: list[str]) -> Path:
    """The first of some files that is beside or above a folder together with a package's folder."""
    here = folder.resolve()
    above = [each for each in (here, *here.parents[:MOST_FOLDERS]) if os.path.isdir(on_disk(each / package))]
    places = [each / name for each in above for name in names]
    return next((place for place in places if os.path.isfile(on_disk(place))), here / names[0])


def _names(tree: Mapping) -> list[Scalar]:
    """The files that a config names."""
    nodes = [node for key in KEYS if key != HYDRA and (node := tree.get(key)) is not None]
    items = [item for node in nodes for item in (node.items if isinstance(node, Listing) else (node,))]
    for item in items:
        if not isinstance(item, Scalar):
            raise Fault(f"a file's name is a text, not {describe(item)}", code="bad-type").at(item.span)
    names = [item for item in items if isinstance(item, Scalar) and item.text not in ("", "null")]
    name, folder = tree.get(HYDRA), next(filter(None, map(tree.get, FOLDERS)), None)
    if isinstance(name, Scalar) and isinstance(folder, Scalar) and name.text not in ("", "null"):
        path = f"{folder.text}/{name.text}"
        names.append(replace(name, text=path if path.endswith((".yaml", ".yml")) else f"{path}.yaml"))
    return names
