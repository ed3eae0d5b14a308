"""References within a config, as OmegaConf resolves them."""

import pytest

from lrplot.diagnostics import Fault, Source
from lrplot.text.tree import Mapping
from lrplot.text.yaml import read_yaml
from lrplot.trainers.shared.config import find
from lrplot.trainers.shared.interpolation import arguments_of, resolved


def tree(text):
    return read_yaml(Source("config.yaml", text))


def value(text, path, within=None):
    document = tree(text)
    node = find(resolved(document if within is None else document.get(within), document), path)
    return getattr(node, "text", node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: ${b.c}\nb: {c: 3}", "3"),
        ("a: ${b}\nb: ${c}\nc: 1e-4", "1e-4"),
        ("a: ${ b.c }\nb: {c: 3}", "3"),
        ("a: ${b[1]}\nb: [3, 4]", "4"),
        ("a: ${b.0}\nb: [3, 4]", "3"),
        ("a: run-${b}-${c}\nb: 3\nc: x", "run-3-x"),
        ("a: ${max-duration}\nmax-duration: 1ep", "1ep"),
        ("a: ${a}", "${a}"),
        ("a: ${b}\nb: ${a}", "${b}"),
        ("a: ${b.c}\nb: 3", "${b.c}"),
        ("a: ${b[7]}\nb: [3]", "${b[7]}"),
        ("a: ${oc.env:HOME}\noc: 3", "${oc.env:HOME}"),
        ("a: x-${oc.env:HOME}-${b}\nb: 3", "x-${oc.env:HOME}-3"),
    ],
)
def test_a_reference(text, expected):
    assert value(text, "a") == expected


def test_relative_references():
    assert value("s: {lr: 3, group: {lr: '${..lr}', half: '${.lr}'}}", "s.group.lr") == "3"
    assert value("s: {lr: 3, same: '${.lr}'}", "s.same") == "3"


def test_a_program_s_own_mapping_comes_before_the_whole_file():
    text = "lr: 1\nwide: 5\ntraining: {lr: 2, a: '${lr}', b: '${wide}', c: '${training.lr}'}"
    assert [value(text, path, "training") for path in "abc"] == ["2", "5", "2"]


def test_a_reference_can_stand_for_a_mapping():
    assert value("a: ${b}\nb: {c: '${d}'}\nd: 7", "a.c") == "7"
    assert value("a: text ${b}\nb: {c: 1}", "a") == "text ${b}"


def test_a_value_is_at_its_own_place():
    document = tree("a: ${b}\nb: 3")
    assert find(resolved(document, document), "a").span.line == 1


def test_a_mapping_in_itself_stays_a_reference():
    assert value("a: {b: '${a}', c: 1}", "a.b.c") == "1"


def test_references_that_multiply_end():
    lines = ["a0: [1, 2, 3, 4, 5, 6, 7, 8]"]
    lines += [f"a{i}: {{p: '${{a{i - 1}}}', q: '${{a{i - 1}}}', r: '${{a{i - 1}}}'}}" for i in range(1, 40)]
    assert isinstance(value("\n".join(lines), "a39"), Mapping)
    lines = ["a0: x"] + [f"a{i}: '${{a{i - 1}}}${{a{i - 1}}}'" for i in range(1, 60)]
    assert len(value("\n".join(lines), "a59")) < 100_000
    chain = "\n".join(f"a{i}: ${{a{i + 1}}}" for i in range(3000))
    assert value(chain, "a2999") == "${a3000}"
    nested = (
        "a0: " + "{x: " * 45 + "1" + "}" * 45 + "\n" + "\n".join(f"a{i}: {{x: '${{a{i - 1}}}'}}" for i in range(1, 30))
    )
    assert isinstance(value(nested, "a29"), Mapping)


def test_the_arguments_of_a_section():
    section = tree("name: cosine\nt: null\nwarmup: ${other}")
    with pytest.raises(Fault) as caught:
        arguments_of(section)
    assert caught.value.span.line == 2
    assert list(arguments_of(tree("name: cosine\nt: null"))) == ["name"]
    assert arguments_of(None) == {}
