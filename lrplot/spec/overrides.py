"""`key=value` overrides of a spec's fields, checked like the spec itself."""

from __future__ import annotations

from dataclasses import replace

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar
from lrplot.spec.yaml_reader import read_fragment


def override(tree: Node, settings: tuple[str, ...]) -> Node:
    """The tree with each setting (`lr=3e-4`, `schedule.to=10%`, `schedule[1].for=2k`) put in.

    Faults in what was set point at the setting.
    """
    for setting in settings:
        tree = _apply(tree, setting)
    return tree


def _apply(tree: Node, setting: str) -> Node:
    source = Source("--set", setting)
    path, equals, text = setting.partition("=")
    whole = Span(source, line=0, end_column=max(len(setting), 1))
    if not equals or not path.strip():
        raise SpecError(Diagnostic("bad-override", f"`{setting}` is not `key=value`", whole, "write `--set lr=3e-4`"))
    try:
        value = _shifted(read_fragment(Source("--set", text)), source, len(path) + 1)
    except SpecError as error:
        place = Span(source, path, 0, len(path) + 1, len(setting))
        raise SpecError(*(replace(each, span=place) for each in error.diagnostics)) from None
    keys = path.strip().replace("[", ".").replace("]", "").split(".")
    return _set(tree, keys, value, Span(source, path, 0, 0, len(path)))


def _set(node: Node, keys: list[str], value: Node, span: Span) -> Node:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(node, Listing):
        return _set_item(node, key, rest, value, span)
    if isinstance(node, Scalar):
        # A bare kind is {kind: …}; anything else becomes a mapping for the schema to judge.
        kind = Entry(Scalar("kind", node.span), node)
        node = Mapping((kind,) if node.text and key != "kind" else (), node.span)
    found = node.get(key)
    inner = _set(found if found is not None else Mapping((), span), rest, value, span)
    kept = tuple(replace(entry, value=inner) if entry.key.text == key else entry for entry in node.entries)
    if found is None:
        kept = (*kept, Entry(Scalar(key, span), inner))
    return replace(node, entries=kept)


def _set_item(node: Listing, key: str, rest: list[str], value: Node, span: Span) -> Node:
    if not key.isdecimal() or int(key) >= len(node.items):
        help = f"phases are counted from 0: `schedule.0` … `schedule.{len(node.items) - 1}`"
        raise SpecError(Diagnostic("bad-override", f"a list has no item `{key}`", span, help))
    items = list(node.items)
    items[int(key)] = _set(items[int(key)], rest, value, span)
    return replace(node, items=tuple(items))


def _shifted(node: Node, source: Source, by: int) -> Node:
    """The tree of a setting's value, its places moved to where they are in the setting."""
    span = node.span
    moved = replace(span, source=source, column=span.column + by, end_column=span.end_column + by)
    match node:
        case Scalar():
            return replace(node, span=moved)
        case Listing(items=items):
            return Listing(tuple(_shifted(item, source, by) for item in items), moved)
        case Mapping(entries=entries):
            return Mapping(
                tuple(Entry(_moved_key(entry.key, source, by), _shifted(entry.value, source, by)) for entry in entries),
                moved,
            )


def _moved_key(key: Scalar, source: Source, by: int) -> Scalar:
    moved = _shifted(key, source, by)
    assert isinstance(moved, Scalar)
    return moved
