"""Text in sections: what is read as by Python's configparser and spaCy's confection, and what is refused where."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.sections import read_sections
from lrplot.text.tree import Listing, Mapping, Scalar

TEXT = """\
# what comes first
[a]
x = 1
y: "b c"
; a comment
z = [1,
  2,
  # left out
  3]
text = plain text
  goes on

  here
empty =
[a.b.c]
@k = "v"
[a.b] # here
p = ${a:x}
q = {"r": {"s": null}}
half=.5
"""


def tree(text):
    return read_sections(Source("config.cfg", text))


def plain(node):
    match node:
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node}
        case Listing(items=items):
            return [plain(item) for item in items]
        case Scalar(text=text, quoted=quoted):
            return (text,) if quoted else text


def test_sections_and_their_values():
    assert plain(tree(TEXT)) == {
        "a": {
            "x": "1",
            "y": ("b c",),
            "z": ["1", "2", "3"],
            "text": ("plain text goes on here",),
            "empty": ("",),
            "b": {"c": {"@k": ("v",)}, "p": ("${a.x}",), "q": {"r": {"s": "null"}}, "half": (".5",)},
        }
    }


def test_keys_and_values_have_their_places():
    section = tree(TEXT).get("a")
    places = {}
    for entry in section:
        for span in (entry.key.span, entry.value.span):
            places.setdefault(entry.key.text, []).append((span.line, span.column, span.end_column))
    assert places["y"] == [(3, 0, 1), (3, 3, 8)]
    assert places["b"] == [(14, 3, 4), (14, 3, 4)]
    assert [item.span.line for item in section.get("z").items] == [5, 6, 8]
    (inner,) = section.get("b").get("q")
    assert (inner.key.span.line, inner.key.span.column) == (18, 5)


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        ("x = 1\n", "syntax", 0, "x = 1"),
        ("[a]\n  no value\n", "syntax", 1, "no value"),
        ("[a]\nx = 1\n\nx = 2\n", "duplicate-key", 3, "x"),
        ("[a]\nb = 1\n[a.b]\n", "duplicate-key", 2, "b"),
        ("[a.b]\n[a]\nb = 1\n", "duplicate-key", 2, "b"),
        ("[" + ".".join("abc" * 20) + "]\n", "too-deep", 0, "c"),
        ("[a]\nx = " + "[" * 60 + "]" * 60, "too-deep", 1, "["),
        ("[a]\nx = " + "[" * 5000 + "]" * 5000, "too-deep", 1, "["),
    ],
)
def test_what_is_refused_at_its_place(text, code, line, word):
    with pytest.raises(SpecError) as caught:
        tree(text)
    (diagnostic,) = caught.value.diagnostics
    span = diagnostic.span
    assert (diagnostic.code, span.line) == (code, line)
    assert text.splitlines()[line][span.column : span.end_column] == word


def test_all_faults_are_reported():
    with pytest.raises(SpecError) as caught:
        tree("x = 1\n[a]\n?\ny = 1\ny = 2\n")
    assert [each.span.line for each in caught.value.diagnostics] == [0, 2, 4]


def test_an_empty_text_is_an_empty_mapping():
    assert plain(tree("")) == plain(tree("# nothing\n")) == {}
