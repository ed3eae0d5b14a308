"""JSON with comments, as DeepSpeed reads it."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.json import read_inner_json, read_json
from lrplot.text.tree import Scalar

TEXT = """\
// the engine
{
  "lr": 1e-3, // "lr": 2e-3,
  /* "a": 1,
     "b": 2 */
  "url": "http://x/*y", "c": [1, 2,],
}
// {"d": 1}
"""


def test_comments_are_left_out_and_places_kept():
    tree = read_json(Source("ds.json", TEXT))
    assert [entry.key.text for entry in tree] == ["lr", "url", "c"]
    assert tree.get("url").text == "http://x/*y"
    assert (tree.get("c").span.line, tree.get("c").span.column) == (5, 29)


def test_what_is_no_json_is_refused():
    with pytest.raises(SpecError):
        read_json(Source("ds.json", '{"a": 1 // 2'))


def test_a_text_that_is_not_json_is_called_that():
    with pytest.raises(SpecError, match="not valid JSON: did not find expected"):
        read_json(Source("run.json", '{"a": 1 "b": 2}'))


OUTER = """\
first: 1
inner: '{"a": 1, "b": [2]}'
other: "{\\"a\\": x y}"
"""


def inner(text, line, column, end):
    source = Source("run.yaml", OUTER)
    start = source.index(line, 0)
    return Scalar(text, source.span(start + column, start + end))


def test_json_in_a_value_has_its_places_in_the_file():
    tree = read_inner_json(inner('{"a": 1, "b": [2]}', 1, 7, 27))
    places = [(each.key.span.line, each.key.span.column, each.value.span.column) for each in tree]
    assert places == [(1, 9, 14), (1, 17, 22)]
    assert tree.span.source.name == "run.yaml"


def test_json_that_is_written_with_escapes_is_at_the_place_of_its_value():
    value = inner('{"a": 1, "b": [2, 3]}', 2, 7, 22)
    tree = read_inner_json(value)
    assert {tree.span, *(each.key.span for each in tree), tree.get("b").items[1].span} == {value.span}
    with pytest.raises(SpecError) as caught:
        read_inner_json(inner('{"a": 1', 2, 7, 22))
    assert caught.value.diagnostics[0].span == value.span
