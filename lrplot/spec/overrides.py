"""`key=value` overrides of a spec's fields, checked like the spec itself."""

from __future__ import annotations

from dataclasses import replace

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.frameworks import is_path
from lrplot.kinds import KINDS
from lrplot.spec.document import LENGTHS
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.text.yaml import read_yaml

OPTION = "--set"  # the name of the source of a setting


def override(tree: Node, settings: tuple[str, ...]) -> Node:
    """The tree with each setting (`lr=3e-4`, `schedule.to=10%`, `schedule[1].for=2k`) put in.

    A setting of the run's length replaces the spec's own length, in whatever unit. Faults in a setting have their
    place in it.
    """
    given = {setting.partition("=")[0].strip() for setting in settings}
    if isinstance(tree, Mapping) and (replaced := given & {*LENGTHS}):
        tree = _without(tree, {*LENGTHS} - replaced)
    for setting in settings:
        tree = _apply(tree, setting)
    return tree


def refuse_replaced(tree: Node, settings: tuple[str, ...]) -> None:
    """Raise `SpecError` for a setting that replaces a value of the tree: what is found then is not in its text."""
    given = {entry.key.text for entry in tree} if isinstance(tree, Mapping) else set()
    for setting in settings:
        key = setting.partition("=")[0].strip().replace("[", ".").partition(".")[0]
        if key in given or (key in LENGTHS and given & {*LENGTHS}):
            message, help = f"`{key}` is in the file: what is found is not", "change it there, or leave out `--set`"
            place = Source(OPTION, setting).span(0, max(len(key), 1))
            raise SpecError(Diagnostic("bad-override", message, place, help))


def _without(tree: Mapping, keys: set[str]) -> Mapping:
    """The mapping without some keys."""
    entries, repeated = (
        tuple(entry for entry in part if entry.key.text not in keys) for part in (tree.entries, tree.repeated)
    )
    return replace(tree, entries=entries, repeated=repeated)


def _apply(tree: Node, setting: str) -> Node:
    # Bytes of an option that are not UTF-8 reach Python as lone surrogates, which cannot be encoded again.
    setting = setting.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    source = Source(OPTION, setting)
    path, equals, text = setting.partition("=")
    whole = source.span(0, len(setting))
    if not equals or not path.strip():
        raise SpecError(Diagnostic("bad-override", f"`{setting}` is not `key=value`", whole, "write `--set lr=3e-4`"))
    value = _read_value(source, path, text)
    keys = path.strip().replace("[", ".").replace("]", "").split(".")
    if len(keys) > DEEPEST:
        raise SpecError(Diagnostic("too-deep", TOO_DEEP, whole))
    return _set(tree, keys, value, source.span(0, len(path), path))


def _read_value(source: Source, path: str, text: str) -> Node:
    """A setting's value: text as it is; with brackets or quotes, YAML."""
    plain, start = text.strip(), len(path) + 1
    if not plain.startswith(("[", "{", '"', "'")):
        start += len(text) - len(text.lstrip())
        return Scalar(plain, source.span(start, start + len(plain)))
    try:
        return read_yaml(source, " " * start + text)
    except SpecError as error:
        place = source.span(start, len(source.text), path)
        raise SpecError(*(replace(diagnostic, span=place) for diagnostic in error.diagnostics)) from None


def _set(node: Node, keys: list[str], value: Node, span: Span) -> Node:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(node, Listing):
        return _set_item(node, key, rest, value, span)
    if isinstance(node, Scalar):
        node = Mapping(_spelled_out(node, key), span)
    current = node.get(key)
    inner = _set(current if current is not None else Mapping((), span), rest, value, span)
    kept = tuple(replace(entry, value=inner) if entry.key.text == key else entry for entry in node.entries)
    if current is None:
        kept = (*kept, Entry(Scalar(key, span), inner))
    return replace(node, entries=kept)


def _spelled_out(node: Scalar, key: str) -> tuple[Entry, ...]:
    """The mapping that a scalar abbreviates: a kind is `{kind: …}`, a duration `{for: …}`."""
    short_for = "kind" if node.text in KINDS else "use" if is_path(node.text) else "for"
    return (Entry(Scalar(short_for, node.span), node),) if node.text and key != short_for else ()


def _set_item(node: Listing, key: str, rest: list[str], value: Node, span: Span) -> Node:
    if not (key.isascii() and key.isdecimal()) or int(key) >= len(node.items):
        last = f"items are counted from 0, the last is {len(node.items) - 1}" if node.items else "the list is empty"
        raise SpecError(Diagnostic("bad-override", f"the list has no item `{key}`", span, last))
    items = list(node.items)
    items[int(key)] = _set(items[int(key)], rest, value, span)
    return replace(node, items=tuple(items))
