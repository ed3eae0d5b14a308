"""Python files as trees: literals and what follows from them, at their places; nothing is executed."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.python import read_python
from lrplot.text.tree import Listing, Mapping


def read(text):
    return read_python(Source("config.py", text))


def plain(node):
    """A tree as Python values; a computed scalar in a tuple."""
    match node:
        case Mapping():
            return {each.key.text: plain(each.value) for each in node}
        case Listing():
            return [plain(each) for each in node.items]
    return (node.text,) if node.computed else node.text


def value(text):
    return plain(read(text))["a"]


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1e-3", "1e-3"),
        ("10_000", "10_000"),
        ("0x10", "16"),
        ("-2.5", "-2.5"),
        ("+2", "2"),
        ("'x' 'y' + \"z\"", "xyz"),
        ("None", "null"),
        ("True", "true"),
        ("5 * 8", "40"),
        ("3 * 2 ** 4 // 5 - 1", "8"),
        ("7 % 4 / 2", "1.5"),
        ("int(0.1 * 1001)", "100"),
        ("min(3, max(1, 2))", "2"),
        ("(1, 'b')", ["1", "b"]),
        ("[1] + [2] * 2", ["1", "2", "2"]),
        ("tuple([1, 2])", ["1", "2"]),
        ("list()", []),
        ("dict(b=1, **{'c': 2})", {"b": "1", "c": "2"}),
        ("dict(dict(b=1), b=2)", {"b": "2"}),
        ("{0: dict(b=1)}", {"0": {"b": "1"}}),
        ("{'b': [1, 2]}['b'][-1]", "2"),
        ("LinearLR", "LinearLR"),
    ],
)
def test_values_that_the_text_gives(expression, result):
    assert value(f"a = {expression}\n") == result


@pytest.mark.parametrize(
    "expression",
    [
        "f()",
        "x.y",
        "f'{b}'",
        "1 if b else 2",
        "1 / 0",
        "9 ** 9 ** 9",
        "10.0 ** 90",
        "1j",
        "'a' * 3",
        "-'a'",
        "1 << 3",
        "[1][5]",
        "[1] * b",
        "{b(): 1}",
        "{**b}",
        "{1: 2}[b()]",
        "dict(1)",
        "dict([1])",
        "int('x')",
        "int(x=1)",
        "list(1)",
        "int(1e999)",
        "'x' * 2",
        f"'{'x' * 9000}' + '{'x' * 9000}'",
    ],
)
def test_other_values_are_computed(expression):
    assert isinstance(value(f"a = {expression}\n"), tuple)


def test_names_that_are_bound_above_have_their_value_at_the_place_of_their_use():
    tree = read("b = 3\na = dict(x=b,\n  y=b + 1)\n")
    inner = tree.get("a")
    assert plain(inner) == {"x": "3", "y": "4"}
    assert [(each.value.span.line, each.value.span.column) for each in inner] == [(1, 11), (2, 4)]
    assert [(each.key.span.line, each.key.span.column) for each in inner] == [(1, 9), (2, 2)]


def test_columns_are_characters():
    span = read("ä = 'ö'; b = 7\n").get("b").span
    assert (span.column, span.end_column) == (13, 14)


def test_later_statements_change_values():
    assert value("a = 1\na += 2\n") == "3"
    assert value("a = {'b': [{'c': 1}]}\na['b'][0]['c'] = 2\na['d'] = 3\n") == {"b": [{"c": "2"}], "d": "3"}
    assert value("a: int = 4\n") == "4"
    assert plain(read("a, b = 1, 2\nc, d = f()\n")) == {"a": "1", "b": "2", "c": ("…",), "d": ("…",)}
    assert plain(read("a = b = 1\ndel b\n")) == {"a": "1"}


@pytest.mark.parametrize(
    "statement",
    [
        "if x: a = 2",
        "for a in range(3): pass",
        "a.clear()",
        "a.update(f())",
        "a.update([('b', 2)])",
        "a.append(2)",
        "a['b'].append(2, 3)",
        "a['b'].extend(f())",
        "a['c'].append(2)",
        "a.b.append(2)",
        "a[f()].append(2)",
        "for x in a: a['b'] = x",
        "for x in a: a.b = x",
        "a.b.c = 2",
        "a['c']['d'] = 2",
        "a[f()] = 2",
        "a['b'][7] = 2",
    ],
)
def test_statements_that_may_change_a_value_make_it_computed(statement):
    assert isinstance(value(f"a = dict(b=[1])\n{statement}\n"), tuple)


def test_functions_classes_and_imports_hide_what_was_bound():
    assert plain(read("a = b = c = 1\ndef a(): a = 2\nclass b: pass\nimport c.d\n")) == {}
    assert value("from x import LinearLR\na = LinearLR\n") == "LinearLR"


def test_a_line_that_does_not_parse_is_left_out_and_its_name_is_computed():
    assert plain(read("TOKEN = # put your token here\na = 1\n)\n")) == {"TOKEN": ("# put your token here",), "a": "1"}


def test_methods_that_change_a_value():
    assert value("a = dict(b=[1], c=2)\na.update(dict(b=3), d=4)\n") == {"b": "3", "c": "2", "d": "4"}
    assert value("a = dict(b=dict(c=1))\na.update(b=dict(d=2))\n") == {"b": {"d": "2"}}  # a plain dict is not merged
    assert value("a = dict(b=[1])\na['b'].append(2)\na['b'].extend([3, 4])\n") == {"b": ["1", "2", "3", "4"]}


MODULE = "n = 3\nm = 4\na = dict(b=dict(c=n, d=2), e=[dict(f=1)])\n"


def read_with(text, imports="from .module import *"):
    source = Source("config.py", f"with read_base():\n    {imports}\n{text}")
    modules = []

    def imported(module):
        modules.append(module.text)
        return read(MODULE)

    return plain(read_python(source, imported)), modules


def test_modules_that_a_config_builds_on_are_named():
    tree = read("with read_base():\n    from .base import *\n    from ..other.x import a as b\n")
    assert plain(tree) == {"_base_": [(".base",), ("..other.x",)]}
    assert tree.get("_base_").items[1].span.line == 2


def test_names_of_modules_that_a_config_builds_on_are_bound():
    found, modules = read_with("g = n + 1\n")
    assert (found["g"], found["m"], modules) == ("4", "4", [".module"])
    found, modules = read_with("g = k\n", "from pack.configs.module import n as k, nothing")
    assert (found, modules) == ({"k": "3", "g": "3"}, ["pack.configs.module"])


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        ("a.b.c = 5", {"b": {"d": "2", "c": "5"}, "e": [{"f": "1"}]}),
        ("a['b'].c = a.b.d", {"b": {"d": "2", "c": "2"}, "e": [{"f": "1"}]}),
        ("a.e[0].f = 5", {"b": {"c": "3", "d": "2"}, "e": [{"f": "5"}]}),
        ("a.update(b=dict(c=5))", {"b": {"c": "5", "d": "2"}, "e": [{"f": "1"}]}),
        ("a.b.update(dict(c=5, g=dict(h=6)))", {"b": {"c": "5", "d": "2", "g": {"h": "6"}}, "e": [{"f": "1"}]}),
        ("a.merge(dict(b=dict(_delete_=True, c=5)))", {"b": {"c": "5"}, "e": [{"f": "1"}]}),
        ("a.merge(dict(g=dict(_delete_=True, h=6)))", {"b": {"c": "3", "d": "2"}, "e": [{"f": "1"}], "g": {"h": "6"}}),
        ("a.e.append(dict(f=2))", {"b": {"c": "3", "d": "2"}, "e": [{"f": "1"}, {"f": "2"}]}),
        ("a = dict(b=1)\na.update(b=2)", {"b": "2"}),
    ],
)
def test_what_a_config_builds_on_can_be_changed(statement, result):
    # As mmengine's ConfigDict does it, whose `update` merges mappings, too.
    assert read_with(f"{statement}\n")[0]["a"] == result


def test_an_inherited_value_is_replaced():
    found = plain(read("_base_ = 'base.py'\n_base_.a.b = 1\n_base_['c']['d'].e = [2]\n"))
    assert found == {"_base_": "base.py", "a": {"b": "1"}, "c": {"d": {"e": ["2"]}}}


@pytest.mark.parametrize(
    "change",
    ["_base_['a'][0]['b'] = 1", "a = 1\\n_base_.a.b = 1", "_base_.a.insert(0, 1)", "del _base_.a[0]\n_base_.a.pop()"],
)
def test_a_change_of_an_inherited_value_makes_it_computed(change):
    found = plain(read(f"_base_ = 'base.py'\n{change}\nb.c = 1\n"))
    assert (found["_base_"], type(found["a"]), len(found)) == ("base.py", tuple, 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = " + "[" * 60 + "]" * 60, "too-deep"),
        ("a = " + "-" * 5000 + "1", "too-deep"),
        ("a = " + "1+" * 5000 + "1", "too-deep"),
        ("a = [1]\n" + "a = [a]\n" * 60, "too-deep"),
        ("a = [1]\n" + "a = [a, a]\n" * 40, "too-large"),
        ("a = [1] * 100_000_000", "too-large"),
        ("#" * 300_000, "too-large"),
        ("x y\n" * 100, "syntax"),
    ],
)
def test_hostile_files_are_refused(text, code):
    with pytest.raises(SpecError) as caught:
        read(text)
    assert caught.value.diagnostics[0].code == code


def test_names_from_a_file_beside_are_computed():
    assert plain(read("from .b import c, d as e\na = c\n")) == {"c": ("c",), "e": ("d",), "a": ("c",)}


def test_a_class_is_what_it_and_its_constructor_bind():
    text = """\
base = 2
class A(B):
    lr = 1e-3
    peak: float = lr * base
    def __init__(self, n=1):
        super().__init__()
        m = 3
        self.a = m * base
        self.b: int = self.a + A.lr
        self.c = n
        self.d = self.a * 2
        if n:
            self.d = 1
        self.lr = 5
    def method(self):
        self.e = 1
    async def other(self): ...
x = A.peak
"""
    found = read_python(Source("a.py", text))
    owner = found.get("A")
    values = {each.key.text: f"?{each.value.text}" if each.value.computed else each.value.text for each in owner}
    assert values["a"] == "6"
    assert {key: values[key] for key in ("peak", "c", "d", "lr")} == {
        "peak": "0.002",
        "c": "?n",
        "d": "?if n:",
        "lr": "5",
    }
    assert values["method"] == "?def method(self):"
    assert "e" not in values
    assert found.get("x").text == "0.002"
    assert owner.get("a").span.line == 7


def test_attributes_that_are_changed_from_outside_are_computed():
    found = read_python(Source("a.py", "class A:\n    lr = 1\nA.lr = 2\nx = A.lr\ny = A.other\n"))
    assert found.get("A") is None
    assert found.get("x").computed
    assert found.get("y").computed
