"""JSON with comments, as DeepSpeed reads it."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.json import read_json

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
