"""Mappings merged key by key, as configs inherit from one another."""

from __future__ import annotations

from dataclasses import replace

from lrplot.text.tree import Mapping, Scalar

DELETES = "_delete_"  # in a mapping that takes the place of the inherited one


def merged(old: Mapping, new: Mapping, deep: bool = True, deletes: bool = True) -> Mapping:
    """A mapping with the entries of another one.

    If `deep`, mappings in both are merged, too. If `deletes`, a mapping with `_delete_` takes the place of the old one.
    """
    deleted = deletes and isinstance(mark := new.get(DELETES), Scalar) and mark.text == "true"
    entries = {} if deleted else {each.key.text: each for each in old}
    for each in new:
        if deletes and each.key.text == DELETES:
            continue
        before = entries.get(each.key.text)
        value = each.value
        if deep and isinstance(value, Mapping) and (before is None or isinstance(before.value, Mapping)):
            inner = before.value if before is not None else Mapping((), value.span)
            assert isinstance(inner, Mapping)
            value = replace(value, entries=merged(inner, value, deep, deletes).entries)
        entries[each.key.text] = replace(each, value=value)
    return replace(old, entries=tuple(entries.values()))
