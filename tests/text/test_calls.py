"""Calls in Python scripts, by their text alone."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.calls import read_calls
from lrplot.text.tree import Mapping, Scalar


def calls(text):
    return [{each.key.text: each.value for each in call} for call in read_calls(Source("a.py", text))]


def values(text):
    """The texts of the values of each call; `?` before what is computed."""
    return [
        {key: f"?{each.text}" if each.computed else each.text for key, each in call.items() if isinstance(each, Scalar)}
        for call in calls(text)
    ]


def test_classes_and_not_functions():
    assert values("Arguments(a=1)\ntrain(a=2)\nlib.sub.Arguments('out', a=3)\nArguments('out')\n") == [
        {"a": "1"},
        {"a": "3"},
    ]


def test_calls_keep_their_order_and_places():
    text = "def f():\n    return B(x=2, y=3)\n\nmodel = A(a=1)\nf(C(c=1))\n"
    found = read_calls(Source("a.py", text))
    assert [call.span.line for call in found] == [1, 3, 4]
    entry = found[0].entries[1]
    assert (entry.key.span.line, entry.key.span.column, entry.value.span.column) == (1, 18, 20)


def test_names_are_what_they_are_bound_to_at_the_top_level():
    assert values("a = 2\nb = a * 3\nA(a=a, b=b, c=d, e=-1e-4, f=None)\na = 5\n") == [
        {"a": "2", "b": "6", "c": "?d", "e": "-0.0001", "f": "null"}
    ]


def test_a_function_sees_what_the_whole_file_binds_and_its_own_names():
    text = "a = 1\ndef f(b=2):\n    c = a + 1\n    def g(c):\n        A(c=c)\n    A(a=a, b=b, c=c)\nb = 3\na = 4\n"
    assert values(text) == [{"c": "?c"}, {"a": "4", "b": "?b", "c": "5"}]
    assert values("class T:\n    async def f(self, a, *b, c=1, **d):\n        A(a=a, b=b, c=c, d=d)\n") == [
        {"a": "?a", "b": "?b", "c": "?c", "d": "?d"}
    ]


def test_the_main_block_and_blocks_that_run_once():
    assert values("if __name__ == '__main__':\n    a = 1\n    A(a=a)\n") == [{"a": "1"}]
    assert values("with open('x') as f, B(b=1):\n    a = 1\n    A(a=a, f=f)\n") == [{"b": "1"}, {"a": "1", "f": "?f"}]
    assert values("try:\n    a = 1\n    A(a=a)\nexcept Error:\n    a = 2\nA(a=a)\n") == [{"a": "1"}, {"a": "?a"}]


@pytest.mark.parametrize("block", ["if x:", "for a in (1, 2):", "while x:"])
def test_names_that_a_block_may_change_are_computed(block):
    assert values(f"a = 1\n{block}\n    a = 2\n    A(a=a)\nA(a=a)\n") == [{"a": "?a"}, {"a": "?a"}]


def test_a_mapping_that_is_put_in():
    assert values("common = dict(a=1, b=2)\nA(b=3, **common)\n") == [{"b": "2", "a": "1"}]
    assert values("A(b=3, **common)\n") == [{"b": "3", "**": "?common"}]
    (call,) = calls("A(b={'c': 1})\n")
    assert isinstance(call["b"], Mapping)


def test_lines_that_do_not_parse_are_left_out():
    assert values("!pip install x\nTOKEN = #put your token\nA(a=1,\n  b=)\nA(c=2)\n")[-1] == {"c": "2"}


def test_limits():
    with pytest.raises(SpecError, match="262,144"):
        calls("a = 1\n" * 50_000)
    with pytest.raises(SpecError, match="nested"):
        calls("A(a=" + "-" * 100_000 + "1)")
