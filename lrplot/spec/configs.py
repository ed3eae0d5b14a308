"""Configs of training programs: recognised, with their settings put in, and translated to specs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from lrplot.diagnostics import Diagnostic, Diagnostics, Fault, Fix, Source, Span, SpecError, parts_of
from lrplot.runs.run import Reading
from lrplot.schema.arguments import NO_FRAME
from lrplot.schema.binder import Binder
from lrplot.schema.fields import call_arguments, fields_of
from lrplot.spec.composition import composed, is_choice
from lrplot.spec.document import Document
from lrplot.spec.inheritance import KEYS, inherited
from lrplot.spec.nominal import UnknownLength
from lrplot.spec.overrides import override
from lrplot.spec.source import read_source
from lrplot.text.json import read_inner_json, read_json
from lrplot.text.places import on_disk
from lrplot.text.tree import Listing, Mapping, Node, Scalar, describe
from lrplot.trainers import TRAINERS, Trainer, candidates
from lrplot.trainers.shared.carriers import unpacked
from lrplot.trainers.shared.config import FACTS, Config, ConfigBinder, Facts, Missing, find, tree_of, unquoted, whole
from lrplot.trainers.shared.interpolation import resolved
from lrplot.trainers.shared.references import referenced
from lrplot.wording import did_you_mean, misspelt

MOST_MARKS = 6  # that a message names
MOST_FORMATS = 3  # that a message describes
MOST_FOLDERS = 4  # above a config's, in which a file that it names is looked for
LENGTH = ("steps",)  # the fact that alone gives a run its length
VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*")


def translate(
    tree: Node, settings: tuple[str, ...], folder: Path, wanted: str = "", spec_like: bool = True
) -> tuple[Mapping, Reading] | None:
    """A config as a spec, and how it was read; None if it is not recognised and could be a spec.

    If `spec_like` is false, it could not: no spec is written like that. `settings` reach the config's own keys
    first, then the facts of the run. `wanted` is a format's name, with a version if it has an `@`. `SpecError` if
    the format is not certain, and for every fault.
    """
    if not isinstance(tree, Mapping):
        raise SpecError(Diagnostic("bad-type", f"a config is a mapping, this is {describe(tree)}", tree.span))
    bases = tuple(each for each in settings if _key(each) in KEYS)
    choices = tuple(each for each in settings if is_choice(tree, folder, each))
    settings = tuple(each for each in settings if each not in bases and each not in choices)
    tree = override(tree, bases)
    assert isinstance(tree, Mapping)
    tree = unpacked(composed(inherited(tree, folder), folder, choices))
    trainer, version = _chosen(tree, wanted, spec_like)
    if trainer is None:
        return None
    document = unquoted(tree)
    inner = trainer.root(tree)
    root = document if inner is None or inner is tree else unquoted(inner)
    assert isinstance(document, Mapping)
    assert isinstance(root, Mapping)
    paths = (*trainer.marks, trainer.logged_every, *(trainer.precision.paths if trainer.precision else ()))
    marks = (path.partition(".")[0] for path in paths)
    keys = {*(field.name for field in trainer.fields), *(entry.key.text for entry in root), *marks}
    own = tuple(each for each in settings if _key(each) in keys)
    known = tuple(each for each in settings if each not in own)
    for each in known:
        _check_fact(each, trainer)
    changed = override(root, own)
    assert isinstance(changed, Mapping)
    changed = resolved(changed, document) if spec_like else referenced(changed)
    facts = override(Mapping((), root.span), known)
    return _translated(trainer, version, changed, document, facts, folder)


def _translated(
    trainer: Trainer, version: str, root: Mapping, document: Mapping, facts: Node, folder: Path
) -> tuple[Mapping, Reading]:
    report = Diagnostics()
    binder = ConfigBinder(report, folder)
    arguments = binder.arguments(f"the config of {trainer.title}", trainer.fields, root)
    assert isinstance(facts, Mapping)
    known = Binder(report, folder).arguments("the run", fields_of(Facts), facts)
    paths = dict(reversed([*_paths(root, "")]))  # the first of a value at several keys, which is no reference
    config = Config(root, document, known, version, partial(_open, folder, paths))
    report.raise_any()
    try:
        content = trainer.translate(config, **call_arguments(trainer.translate, arguments.resolve(NO_FRAME)))
    except Fault as fault:
        parts = parts_of(fault)
        for part in parts:
            report.fault(part, config.place(part.field) if part.field else root.span)
        if all(isinstance(part, Missing) and LENGTH in part.ways for part in parts):
            raise UnknownLength(*report) from None
        report.raise_any()
        raise
    absent = [each.name for each in trainer.fields if root.get(each.name) is None]
    ignored = [_near_miss(entry.key, key, absent if alone else ()) for entry, key, alone in binder.misspelt]
    spec = tree_of(content, root.span)
    assert isinstance(spec, Mapping)
    remarks = (*config.remarks, *ignored)
    scales_loss = trainer.precision.scales_loss(root) if trainer.precision else None
    every = whole(find(root, trainer.logged_every)) if trainer.logged_every else None
    told = tuple(config.derivation)
    return spec, Reading(trainer.name, trainer.title, version, told, remarks, scales_loss, every, paths)


def _near_miss(key: Scalar, meant: str, absent: Sequence[str]) -> Diagnostic:
    """The remark on an ignored key; it can be corrected if it is a slip of the pen, not only the beginning of a key."""
    fix = Fix.of(key.span, key.text, meant) if misspelt(key.text, absent) == meant else None
    help = f"did you mean `{meant}`?"
    return Diagnostic("near-miss", f"`{key.text}` is ignored", key.span, help, "warning", fix)


def _paths(node: Node, path: str) -> Iterator[tuple[Span, str]]:
    """The path of each value in a tree, by its place."""
    if isinstance(node, Mapping):
        for entry in node:
            yield from _paths(entry.value, f"{path}.{entry.key.text}" if path else entry.key.text)
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            yield from _paths(item, f"{path}[{index}]")
    else:
        yield node.span, path


def _open(folder: Path, paths: dict[Span, str], name: Scalar, key: str) -> Node:
    """The tree of a text at a key that is JSON, or of the file that it names; its values are added to `paths`.

    The path is relative to the config's folder or, if it names a folder itself, to one above it, where the program
    is started.
    """
    if name.text.lstrip().startswith("{"):
        tree = unquoted(read_inner_json(name))
        paths.update(_paths(tree, key))
        return tree
    above = folder.resolve().parents[:MOST_FOLDERS] if os.path.dirname(name.text) else ()
    places = [base / name.text for base in (folder, *above)]
    place = next((place for place in places if os.path.isfile(on_disk(place))), places[0])
    try:
        source, _, _ = read_source(place)
    except SpecError as error:
        message = f"{error.diagnostics[0].message}"
        help = f"put it beside the config, or add `--set {key}=PATH`; `--set {key}=` goes without it"
        raise Fault(message, code="missing-fact", help=help).at(name.span) from None
    tree = unquoted(read_json(source))
    paths.update((span, f"{key}: {path}") for span, path in _paths(tree, ""))
    return tree


def _chosen(tree: Mapping, wanted: str, spec_like: bool) -> tuple[Trainer | None, str]:
    """The program whose config this is, and the version whose rules hold."""
    name, _, version = wanted.partition("@")
    place = Span(Source("--as", wanted), line=0, end_column=max(len(wanted), 1))
    if name:
        if name not in TRAINERS:
            message = f"there is no format `{name}`"
            raise SpecError(Diagnostic("unknown-format", message, place, did_you_mean(name, TRAINERS)))
        return TRAINERS[name], _rules(TRAINERS[name], version, place, tree)
    found = candidates(tree)
    if len(found) > 1:
        names = " or ".join(f"`{each.name}`" for each in found)
        message = f"this can be a config of {names}"
        raise SpecError(Diagnostic("ambiguous-format", message, tree.span, f"add `--as {found[0].name}`"))
    if found:
        return found[0], _rules(found[0], "", place, tree)
    if not spec_like or (tree.entries and all(tree.get(each.name) is None for each in fields_of(Document))):
        raise SpecError(
            Diagnostic("unknown-format", "this is no spec, and no config that is known", tree.span, _looked_for(tree))
        )
    return None, ""


def _rules(trainer: Trainer, version: str, place: Span, tree: Mapping) -> str:
    """The version whose rules hold: that which is asked for, or that which the file tells, or the newest."""
    if version and not VERSION.fullmatch(version):
        message = f"`{version}` is not a version of {trainer.name}"
        known = ", ".join(f"`{trainer.name}@{each}`" for each in trainer.versions)
        raise SpecError(Diagnostic("bad-version", message, place, f"write one such as {known}" if known else None))
    told = VERSION.match(trainer.told(tree))
    return version or (told[0] if told else trainer.versions[-1] if trainer.versions else "")


def _looked_for(tree: Mapping) -> str:
    """The formats that are nearest to a config, with some of their marks; all formats if it has no mark of any."""
    ranked = sorted(TRAINERS.values(), key=lambda each: len(each.found(tree)), reverse=True)
    near = [each for each in ranked[:MOST_FORMATS] if each.found(tree)]
    if not near:
        return f"looked for the keys of {', '.join(TRAINERS)}; `lrplot formats NAME` shows them"
    marks = (", ".join(f"`{mark}`" for mark in each.marks[:MOST_MARKS]) for each in near)
    lines = [f"{each.name} has at least {each.least} of {some}" for each, some in zip(near, marks, strict=True)]
    return "; ".join([*lines, "`lrplot formats` lists the others"])


def _key(setting: str) -> str:
    return setting.partition("=")[0].strip().replace("[", ".").partition(".")[0]


def _check_fact(setting: str, trainer: Trainer) -> None:
    key = _key(setting)
    if key in FACTS:
        return
    place = Span(Source("--set", setting), key, 0, 0, max(len(key), 1))
    known = [*(field.name for field in trainer.fields), *FACTS]
    help = did_you_mean(key, known, f"a fact of the run is one of {', '.join(f'`{each}`' for each in FACTS)}")
    raise SpecError(Diagnostic("bad-override", f"the config has no key `{key}`", place, help))
