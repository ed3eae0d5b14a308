"""Changes of a text that keep its layout."""

from __future__ import annotations

import pytest

from lrplot.diagnostics import Fix, Source, Span
from lrplot.text.edits import apart, applied, holder, shared, spelled_out, with_entry, without
from lrplot.text.json import read_json
from lrplot.text.toml import read_toml
from lrplot.text.tree import Mapping
from lrplot.text.yaml import read_yaml

READERS = {"yaml": read_yaml, "json": read_json, "toml": read_toml}


def read(text: str, language: str = "yaml") -> Mapping:
    tree = READERS[language](Source(f"a.{language}", text))
    assert isinstance(tree, Mapping)
    return tree


def done(text: str, fix: Fix | None) -> str | None:
    return fix and applied(text, [fix])


ADDED = [
    ("yaml", "a: 1\n", "a: 1\nb: 2\n"),
    ("yaml", "a: 1", "a: 1\nb: 2"),
    ("yaml", "a:   1  # why\nc: 3\n", "a:   1  # why\nb: 2\nc: 3\n"),
    ("yaml", "a: 1\r\nc: 3\r\n", "a: 1\r\nb: 2\r\nc: 3\r\n"),
    ("yaml", "{a: 1, c: 3}  # why", "{a: 1, b: 2, c: 3}  # why"),
    ("yaml", "{'a': 1}", "{'a': 1, 'b': 2}"),
    ("yaml", "{\n  a: 1,  # why\n  c: 3\n}\n", "{\n  a: 1,\n  b: 2,  # why\n  c: 3\n}\n"),
    ("json", '{"a": 1}', '{"a": 1, "b": 2}'),
    ("json", '{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"b": 2\n}\n'),
    ("toml", "a = 1 # why\n", "a = 1 # why\nb = 2\n"),
    ("yaml", "a: |\n  1\n", None),  # it ends somewhere below
    ("yaml", "a: one\n  and two\n", None),
    ("yaml", "? a\n: 1\n", None),
    ("yaml", "a: !!int 1\n", None),
    ("yaml", "a: &x 1\n", None),
]


@pytest.mark.parametrize(("language", "text", "expected"), ADDED)
def test_an_entry_is_added_in_the_manner_of_the_one_beside_it(language, text, expected):
    tree = read(text, language)
    assert done(text, with_entry(tree, tree.entries[0], "b", "2")) == expected


def test_an_entry_of_an_item_is_added_below_its_dash():
    text = "x:\n  - a: 1\n  - a: 2\n"
    items = read(text).get("x")
    assert items is not None
    first = items.items[0]
    assert done(text, with_entry(first, first.entries[0], "b", "2")) == "x:\n  - a: 1\n    b: 2\n  - a: 2\n"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("yaml", "warmup: 5%  # why\n", "warmup: {for: 5%, skip: true}  # why\n"),
        ("json", '{"warmup": 5}', '{"warmup": {"for": 5, "skip": true}}'),
        ("toml", "warmup = 5\n", "warmup = {for = 5, skip = true}\n"),
        ("toml", "warmup = '5 epochs'\n", "warmup = {for = '5 epochs', skip = true}\n"),
        ("yaml", "warmup:\n  5\n", None),
    ],
)
def test_a_short_form_is_spelled_out(language, text, expected):
    entry = read(text, language).entries[0]
    assert done(text, spelled_out(entry, "for", "skip", "true")) == expected


REMOVED = [
    ("yaml", "steps: 1\naccept:\n  a: x\n  b: y\n", "steps: 1\naccept:\n  b: y\n"),
    ("yaml", "steps: 1\naccept:\n  a: x\nlr: 1\n", "steps: 1\nlr: 1\n"),  # and what held it alone
    ("yaml", "steps: 1\r\naccept:\r\n  a: x", "steps: 1"),
    ("yaml", "accept: {a: x, b: y}\n", "accept: {b: y}\n"),
    ("yaml", "accept: {b: y, a: x}  # why\n", "accept: {b: y}  # why\n"),
    ("yaml", "accept: {a: x}\nlr: 1\n", "lr: 1\n"),
    ("yaml", "{accept: {a: x}}\n", "{}\n"),
    ("yaml", "{lr: [1], accept: {a: x}}\n", None),  # where a list ends is not known
    ("json", '{"accept": {"a": "x"}, "lr": 1}', '{"lr": 1}'),
    ("json", '{\n "lr": 1,\n "accept": {\n  "a": "x"\n }\n}\n', '{\n "lr": 1\n}\n'),
    ("json", '{\n "accept": {\n  "a": "x",\n  "b": "y"\n }\n}\n', '{\n "accept": {\n  "b": "y"\n }\n}\n'),
    ("toml", "[accept]\na = 'x'\nb = 'y'\n", "[accept]\nb = 'y'\n"),
    ("yaml", "accept:\n  a: x  # why\n  b: y\n", None),  # a comment would be lost
    ("yaml", "accept:\n  # why\n  a: x\nlr: 1\n", None),
    ("yaml", "accept:\n  a: >\n    x\n  b: y\n", None),
    ("yaml", "accept:\n  a: x\n   and y\n  b: y\n", None),
    ("yaml", "accept: {b: y,  # why\n  a: x}\n", None),
    ("yaml", "accept: {c: x}\n", None),
    ("yaml", "accept: a\n", None),
    ("yaml", "lr: 1\n", None),
]


@pytest.mark.parametrize(("language", "text", "expected"), REMOVED)
def test_an_entry_is_removed_with_its_line(language, text, expected):
    assert done(text, without(read(text, language), "accept", "a")) == expected


def test_an_entry_is_found_by_the_place_of_its_value():
    tree = read("x: [{a: 1}, {a: 1}]\ny: 2\n")
    value = tree.entries[0].value.items[1].entries[0].value
    found = holder(tree, value.span)
    assert found is not None
    assert found[1].value is value
    assert holder(tree, Span(Source("other.yaml"))) is None


def test_a_value_that_an_alias_repeats_has_no_one_place():
    tree = read("x: &n {a: 1}\ny: *n\n")
    assert holder(tree, tree.entries[0].value.entries[0].value.span) is None


@pytest.mark.parametrize(
    ("text", "old", "expected"),
    [
        ("cosin", "cosin", "cosine"),
        ('"cosin"', "cosin", '"cosine"'),
        ("torch.cosin", "cosin", "torch.cosine"),
        ("--cosin", "cosin", "--cosine"),
        ("&x cosin", "cosin", None),
        ("cosin e", "cosin", None),
        ("other", "cosin", None),
    ],
)
def test_a_word_is_replaced_at_the_end_of_its_place(text, old, expected):
    source = Source("a.yaml", f"kind: {text}\n")
    fix = Fix.of(source.span(6, 6 + len(text)), old, "cosine")
    assert done(source.text, fix) == (expected and f"kind: {expected}\n")


def test_a_place_without_a_text_has_no_word():
    assert Fix.of(Span(Source("a mapping"), "schedule.kind"), "", "cosine") is None


def test_of_fixes_that_overlap_the_first_is_kept():
    source = Source("a.yaml", "0123456789")
    fixes = [Fix(source, 4, 6, ""), Fix(source, 0, 3, ""), Fix(source, 2, 5, ""), Fix(source, 6, 6, "x")]
    assert apart(fixes) == [1, 0]
    assert applied(source.text, [fixes[0], fixes[1]]) == "36789"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.yaml", "a: 5\nb: ${a}\n", ""),
        ("a.yaml", "x: {a: 5}\nb: ${x.a}\nc: ${x.a}\n", "a"),
        ("a.yaml", "a: 5\nb: !ref <a>\nc: !ref <a> # again\n", "a"),
        ("a.yaml", "a: 5\nb: ${ab}\nc: ${ba}\n", ""),
        ("a.sh", "A=5\nx $A\n", ""),
        ("a.sh", "A=5\nx $A ${A:-1}\n", "A"),
        ("a.sh", 'A="--x 5"\nx $A; y $A\n', "A"),
        ("a.sh", "A=(--x\n 5)\nx ${A[@]}; y ${A[@]}\n", "A"),
        ("a.py", "a = 5\n", ""),
        ("a.py", "a = 5\nb = a // 2\n", "a"),
        ("a.py", "f(a=5)\nb = a // 2\n", ""),
    ],
)
def test_a_value_is_shared_if_several_places_use_its_name(name, text, expected):
    start = text.index("5")
    assert shared(Fix(Source(name, text), start, start + 1, "6")) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.yaml", "old: 5\n", ""),
        ("a.yaml", "old: 5\nb: ${old}\n", "old"),
        ("a.yaml", "- old: 5\n- old: 6\n", ""),
        ("a.json", '{"old": 5, "b": "${old}"}', "old"),
        ("a.py", "old = 5\nold = 6\n", ""),
        ("a.py", "old = 5\nb = 2 * old\n", "old"),
        ("a.py", "old = 5\nb = c.old\n", ""),
        ("a.yaml", "kind: old\n", ""),
    ],
)
def test_a_key_is_shared_if_any_place_uses_it(name, text, expected):
    start = text.index("old")
    assert shared(Fix(Source(name, text), start, start + 3, "new")) == expected
