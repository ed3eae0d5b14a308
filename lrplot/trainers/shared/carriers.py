"""Files in which another program keeps a training program's arguments, as the arguments themselves."""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from lrplot.diagnostics import Span
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar

WRAPPED = {"value", "desc"}


def unpacked(tree: Mapping) -> Mapping:
    """The arguments in a file of Weights & Biases; of any other tree its keys, named as in Python.

    Such a file also names a person, a host and paths, which no message may show: only the arguments are kept.
    """
    if _is_metadata(tree):
        from lrplot.text.flags import read_words  # which no other file needs

        words = tree.get("args")
        assert isinstance(words, Listing)
        return read_words([each for each in words.items if isinstance(each, Scalar)], _hidden(tree.span, "args"))
    if tree.get("wandb_version") is not None or tree.get("_wandb") is not None:
        entries = (Entry(each.key, _value(each.value)) for each in tree if _is_wrapped(each.value))
        return replace(tree, entries=tuple(each for each in entries if each.key.text != "_wandb"))
    return _named(tree)


def _named(tree: Mapping) -> Mapping:
    """A mapping whose keys `--train-iters` or `train-iters` are `train_iters`, also in a mapping of flags alone."""
    entries = tuple(map(_renamed, tree.entries))
    return tree if all(map(is_, entries, tree.entries)) else replace(tree, entries=entries)


def _renamed(entry: Entry) -> Entry:
    value = entry.value
    if isinstance(value, Mapping) and all(each.key.text.startswith("--") for each in value):
        value = _named(value)
    name = entry.key.text.lstrip("-").replace("-", "_")
    if not name or (name == entry.key.text and value is entry.value):
        return entry
    return Entry(replace(entry.key, text=name), value)


def _is_metadata(tree: Mapping) -> bool:
    """Whether a file is wandb-metadata.json: the command line of a run and where it ran."""
    return isinstance(tree.get("args"), Listing) and all(tree.get(key) is not None for key in ("program", "host"))


def _is_wrapped(node: Node) -> bool:
    return isinstance(node, Mapping) and node.get("value") is not None and {each.key.text for each in node} <= WRAPPED


def _value(node: Node) -> Node:
    value = node.get("value") if isinstance(node, Mapping) else None
    assert value is not None
    return value


def _hidden(span: Span, path: str) -> Span:
    """A place without its line: a message names the path, and shows nothing of the file."""
    return Span(replace(span.source, text=""), path)
