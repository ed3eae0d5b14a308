"""YAML text to a located tree: what is read, what is refused and where, and what cannot be done to it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml

from lrplot import Source, SpecError
from lrplot.output.terminal.diagnostics import format_diagnostics
from lrplot.spec.compile import compile_run
from lrplot.text import yaml as reader
from lrplot.text.tree import Listing, Mapping, Scalar
from lrplot.text.yaml import read_yaml

HEAD = "steps: 100\nlr: 1\n"
LOADERS = ["CSafeLoader", "SafeLoader"]  # libyaml's, which a build of PyYAML may lack, and the pure Python one


def tree(text):
    return read_yaml(Source("run.yaml", text))


def plain(node):
    """A tree without its places: text for a scalar, quoted text in a tuple."""
    match node:
        case Scalar(text=text, quoted=quoted):
            return (text,) if quoted else text
        case Listing(items=items):
            return [plain(item) for item in items]
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1e-4", {"a": "1e-4"}),
        ("a: '1'\nb: \"x\"", {"a": ("1",), "b": ("x",)}),
        ("a: on\nb: 1:30\nc: 010\nd: ~\ne:", {"a": "on", "b": "1:30", "c": "010", "d": "~", "e": ""}),
        ("a: [x, {b: y}]\n", {"a": ["x", {"b": "y"}]}),
        ("- a\n-\n  - b\n", ["a", ["b"]]),
        ('{"a": 1, "b": ["c", null]}', {"a": "1", "b": [("c",), "null"]}),
        ("a: &x {b: 1}\nc: *x\nd: [*x]", {"a": {"b": "1"}, "c": {"b": "1"}, "d": [{"b": "1"}]}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": "1", "b": "2", "c": "2"}),
        ("on: 1\n1: 2\ntrue: 3", {"on": "1", "1": "2", "true": "3"}),
        ("--- # a comment\na: 1\n...\n", {"a": "1"}),
        ("%YAML 1.2\n---\na: 1\n", {"a": "1"}),
        ("a: >-\n  b\n  c\n", {"a": ("b c",)}),
        ("a: b\n  c\n", {"a": "b c"}),
        ("a: 'it''s'\nb: \"\\x41\\u00e9\"\n", {"a": ("it's",), "b": ("Aé",)}),
        ("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}),
    ],
)
def test_yaml_is_read(text, expected):
    assert plain(tree(text)) == expected


def test_places_count_from_zero():
    root = tree("# a comment\nlr:   1e-4\nschedule:\n  - {kind: 'x y'}\n")
    lr, schedule = root.entries
    kind = schedule.value.items[0].entries[0]
    spans = [lr.key.span, lr.value.span, schedule.key.span, kind.key.span, kind.value.span]
    places = [(1, 0, 2), (1, 6, 10), (2, 0, 8), (3, 5, 9), (3, 11, 16)]
    assert [(span.line, span.column, span.end_column) for span in spans] == places


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_the_caret_is_under_the_token_whatever_ends_the_lines(newline, diagnostics, faults):
    text = newline.join(["steps: 100", "lr: 1", "# é 😀", "schedule: {kind: 'cosin'}  # é", ""])
    assert faults(text) == [("unknown-kind", "'cosin'")]
    (found,) = diagnostics(text)
    # YAML ends a line at each of them, an editor at the first three.
    assert (found.span.line, found.span.column) == ((3, 17) if newline in ("\n", "\r\n", "\r") else (0, 40))


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "\\ud83d\\ude00 \\ud83d\\ude00", "lr": 1, "steps": 5, "schedule": "cosin"}',
        '\ufeff{"\\ud83d\\ude00": 1, "lr": 1, "steps": 5, "schedule": "cosin"}',
    ],
)
def test_the_caret_is_under_the_token_after_escaped_surrogates(text, faults):
    assert ("unknown-kind", '"cosin"') in faults(text)


@pytest.mark.parametrize("loader", LOADERS)
def test_a_control_character_after_others_beyond_ascii_is_located(loader, monkeypatch):
    monkeypatch.setattr(reader, "_Loader", getattr(yaml, loader))
    with pytest.raises(SpecError) as error:
        tree("name: é😀\nsource: é \x1b\n")
    (found,) = error.value.diagnostics
    assert (found.span.line, found.span.column, found.span.end_column) == (1, 10, 11)


def nested(count, *lines):
    """Levels of aliases, each one standing for those before it."""
    return "".join(line.format(i=i, before=i - 1) for i in range(1, count) for line in lines)


DEEP = 20_000
REFUSED = {
    "several documents": (f"{HEAD}---\nlr: 2\n", "several-documents", "---"),
    "an empty second document": (f"{HEAD}---\n", "several-documents", "---"),
    "list as key": ("? [a, b]\n: 1\n", "bad-key", "["),
    "mapping as key": ("{a: b}: 1\n", "bad-key", "{"),
    "unknown anchor": ("a: *b\n", "bad-alias", "*b"),
    "anchor after its alias": ("a: *b\nc: &b 1\n", "bad-alias", "*b"),
    "a list in itself": ("a: &a [*a]\n", "bad-alias", "*a"),
    "a mapping in itself": ("a: &a {b: *a}\n", "bad-alias", "*a"),
    "a key of itself": ("a: &a {*a : 1}\n", "bad-alias", "*a"),
    "python tag": ("a: !!python/object/apply:os.system [x]\n", "tag", "!!python/object/apply:os.system ["),
    "python name": ("a: !!python/name:os.system\n", "tag", "!!python/name:os.system"),
    "binary tag": ("a: !!binary aGVsbG8=\n", "tag", "!!binary aGVsbG8="),
    "core tag of another node": ("a: !!int [5]\n", "tag", "!!int ["),
    "custom tag": ("a: !foo b\n", "tag", "!foo b"),
    "tag on a key": ("!foo a: b\n", "tag", "!foo a"),
    "undeclared tag handle": ("a: !x!foo b\n", "syntax", "!"),
    "newer YAML": ("%YAML 9.2\n---\na: 1\n", "syntax", "%"),
    "tab as indentation": ("a:\n\tb: 1\n", "syntax", "\t"),
    "bad indentation": ("a: 1\n  b: 2\n", "syntax", ":"),
    "colon in a value": ("a: b: c\n", "syntax", ":"),
    "closed twice": ("a: {b: 1}}\n", "syntax", "}"),
    "reserved character": ("a: @b\n", "syntax", "@"),
    "backtick": ("a: `b`\n", "syntax", "`"),
    "escape code": ("a: b\x1b[31m\n", "syntax", "\x1b"),
    "bell in a comment": ("a: 1 # \x07\n", "syntax", "\x07"),
    "NUL": ("a: b\0c\n", "syntax", "\0"),
    "DEL": ("a: b\x7f\n", "syntax", "\x7f"),
    "C1 control": ("a: \x9b31m\n", "syntax", "\x9b"),
    "half a surrogate pair": ('a: "\\ud800"\n', "syntax", "d"),
    "aliases of lists": (
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + nested(12, "a{i}: &a{i} [" + "*a{before}, " * 10 + "]\n"),
        "too-large",
        "*a3",
    ),
    "aliases of mappings": (
        "a0: &a0 {x: 1}\n" + nested(24, "a{i}: &a{i} {{" + ", ".join(f"k{j}: *a{{before}}" for j in range(4)) + "}}\n"),
        "too-large",
        "*a6",
    ),
    "aliases in one wide list": (f"a: &a [{'1, ' * 1000}]\nb: [{'*a, ' * 1000}]\n", "too-large", "*a"),
    "a chain of aliases": ("a0: &a0 [x]\n" + nested(5_000, "a{i}: &a{i} [*a{before}]\n"), "too-deep", "*a47"),
    "deep lists": ("a: " + "[" * DEEP + "]" * DEEP, "too-deep", "["),
    "deep lists, not closed": ("a: " + "[" * DEEP, "too-deep", "["),
    "deep mappings": ("a: " + "{a: " * DEEP + "}" * DEEP, "too-deep", "a"),
    "deep mappings, not closed": ("a: " + "{a: " * DEEP, "too-deep", "a"),
    "deep block lists": ("- " * DEEP + "a", "too-deep", ""),
    "deep block mappings": ("".join(" " * i + "a:\n" for i in range(1_000)), "too-deep", "a"),
    "deep keys": ("? " * DEEP + "a", "too-deep", ""),
}


TOO_DEEP = {
    "flow lists": ("a: " + "[" * 1_200 + "]" * 1_200, (0, 53), "["),
    "flow lists, not closed": ("[" * 1_200, (0, 51), "["),
    "flow lists, longer than a parser looks ahead": ("[" + "\n[" * DEEP, (51, 0), "["),
    "flow mappings": ("{a: " * 1_200 + "}" * 1_200, (0, 201), "a"),
    "flow lists before an error": ("[" * 100 + "@", (0, 51), "["),
    "text in quotes between the levels": ("['[[', " * 100, (0, 351), "'[['"),
    "after text beyond ASCII": ("é😀: " + "[" * 1_200, (0, 54), "["),
    "block lists": ("- " * 1_200 + "a", (0, 102), ""),
    "block mappings": ("".join(" " * i + "a:\n" for i in range(1_200)), (50, 50), "a"),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("name", TOO_DEEP)
def test_nesting_is_limited_and_located_whichever_parser_reads(name, loader, monkeypatch):
    text, place, token = TOO_DEEP[name]
    monkeypatch.setattr(reader, "_Loader", getattr(yaml, loader))
    with pytest.raises(SpecError) as error:
        tree(text)
    (found,) = error.value.diagnostics
    assert (found.code, found.message) == ("too-deep", "nested more than 50 levels deep")
    assert (found.span.line, found.span.column) == place
    assert text.split("\n")[found.span.line][found.span.column : found.span.end_column] == token


@pytest.mark.parametrize("loader", LOADERS)
def test_an_error_before_the_limit_is_the_error(loader, monkeypatch):
    monkeypatch.setattr(reader, "_Loader", getattr(yaml, loader))
    for text in ("a: @\nb: " + "[" * 1_200, "[" * 40 + "@" + "[" * 1_200, '"' + "[" * 1_200):
        with pytest.raises(SpecError) as error:
            tree(text)
        assert [each.code for each in error.value.diagnostics] == ["syntax"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_is_located(name):
    text, code, token = REFUSED[name]
    with pytest.raises(SpecError) as error:
        tree(text)
    first = error.value.diagnostics[0]
    marked = text.split("\n")[first.span.line][first.span.column : first.span.end_column]
    assert (first.code, marked) == (code, token)


UNPLACED = {
    "unclosed list": "a: [b, c\n",
    "unclosed mapping": "a: {b: c\n",
    "unclosed single quote": "a: 'b\n",
    "unclosed double quote": 'a: "b\n',
    "no colon": f"{HEAD}schedule cosine\nname: x\n",
    "text after the end": f"{HEAD}...\nname: x\n",
    "unknown directive": "%FOO\na: 1\n",
    "anchor without a name": "a: &\n",
    "alias without a name": "a: *\n",
}


@pytest.mark.parametrize("name", UNPLACED)
def test_a_syntax_error_is_reported(name):
    with pytest.raises(SpecError, match=r"error\[syntax\]: not valid YAML: ") as error:
        tree(UNPLACED[name])
    assert [each.code for each in error.value.diagnostics] == ["syntax"]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "''"])
def test_an_empty_spec_is_refused(text):
    with pytest.raises(SpecError, match="the spec is empty") as error:
        tree(text)
    assert [each.code for each in error.value.diagnostics] == ["empty"]


def test_all_faults_are_reported_at_once():
    with pytest.raises(SpecError) as error:
        tree("a: 1\na: !x 2\nb: {c: 1, c: 2}\n? [d]\n: 1\n")
    found = [(each.code, each.span.line) for each in error.value.diagnostics]
    assert found == [("tag", 1), ("bad-key", 3)]


def test_merge_keys_are_not_merged(faults):
    spec = f"{HEAD}schedule: {{<<: {{to: 10%}}, kind: cosine}}\n"
    assert faults(spec) == [("unknown-field", "<<")]


def test_fifty_levels_and_aliases_are_accepted(read):
    schedule = read("steps: &n 100\nlr: &lr 1\nschedule: {kind: constant, value: *lr, warmup: *n}\n")
    assert schedule(50) == 0.5
    assert plain(tree("[" * 50 + "]" * 50)) is not None


@pytest.mark.parametrize(
    "number",
    ["9" * 100_000, "0x" + "f" * 100_000, "1e999999999", "1e-999999999", "1/" + "9" * 100_000, "_".join("9" * 100_000)],
    ids=["digits", "hex", "exponent", "negative exponent", "ratio", "underscores"],
)
def test_a_huge_number_is_refused(number, faults):
    ((code, marked),) = faults(f"steps: {number}\nlr: 1\nschedule: cosine\n")
    assert code in ("bad-number", "not-finite", "bad-type")
    assert marked == number


GOOD = (
    "name: GPT-3 13B\nsource: Brown et al. 2020\ntokens: 300B\ntokens_per_step: 2M\nlr: 1e-4\nschedule:\n"
    "  - {kind: warmup, for: 375M tokens}\n  - {kind: cosine, for: 260B tokens, to: 10%}\n  - constant\n",
    "steps: 10_000\nlr: 3e-4\nschedule: cosine\n",
    "epochs: 90\nlr: 0.1\nschedule: {kind: step, every: 30 epochs, gamma: 0.1}\n",
    '{"steps": 100, "lr": 1e-3, "schedule": {"kind": "cosine", "to": "10%", "warmup": {"for": 10}}}\n',
    "steps: 1k\nlr: &lr 0.1\nmomentum: 0.9\nschedule:\n  kind: multistep\n  milestones:\n    - 300\n    - 60%\n"
    "groups:\n  head: {lr: *lr, schedule: linear}\n  bias: {lr: 200%}\nlayer_decay: {layers: 3, decay: 0.75}\n",
    "steps: 100\nschedule:\n  kind: points\n  at: {0: 1e-3, '50%': 1e-4, 100%: 0} # three\n  interpolation: cosine\n",
    'steps: 100\nschedule: {kind: expression, value: "0.1 * (1 - u) ** 2 if t > 10 else t / 100"}\n',
)
PIECES = (
    "\0 \t \n \r : - [ ] { } &a *a ! !!int !!python/name:os.system | > ' \" # % @ ` ? <<: , --- ... ~ null true .nan "
    ".inf 1e400 1e-400 0x 1/0 _ e kind: for: epochs rest \\u0000 \\x \x1b[31m \x7f \x85 \x9b \u2028 \u202e \ufeff é 😀"
)


def mutated(rng):
    """A good spec with one or two of its parts cut, doubled, replaced or mixed with another's."""
    text, pieces = rng.choice(GOOD), PIECES.split(" ")
    for _ in range(rng.randint(1, 2)):
        start = rng.randrange(len(text))
        stop = min(len(text), start + rng.choice([0, 1, 1, 2, 5, 20]))
        other = rng.choice(GOOD)
        at = rng.randrange(len(other))
        middle = rng.choice(
            ["", rng.choice(pieces), rng.choice(pieces) + " ", text[start:stop] * 2, other[at : at + 20]]
        )
        text = text[:start] + middle + text[stop:]
    return text


@pytest.mark.parametrize("text", GOOD)
def test_the_specs_to_mutate_are_valid(text):
    assert compile_run(tree(text), "run", Path()).tracks["lr"]


def test_a_faulty_text_raises_only_a_spec_error():
    rng = random.Random(1)
    refused = 0
    for _ in range(2_000):
        text = mutated(rng)
        try:
            compile_run(tree(text), "run", Path())
        except SpecError as error:
            refused += 1
            printed = format_diagnostics(error.diagnostics, False)
            assert re.match(r"error\[[a-z-]+\]: .", printed), text
            assert printed.replace("\n", "").isprintable(), text
    assert 1_000 < refused < 2_000


@pytest.mark.parametrize(
    ("text", "expected", "quoted"),
    [
        ("!!float 3e-4", "3e-4", False),
        ("!!float '3e-4'", "3e-4", False),
        ("!!int 5", "5", False),
        ("!!bool true", "true", False),
        ("!!null null", "null", False),
        ("!!str 5", "5", True),
    ],
)
def test_a_core_tag_makes_a_scalar_a_number_or_text(text, expected, quoted):
    value = read_yaml(Source("a.yaml", f"a: {text}\n")).get("a")
    assert (value.text, value.quoted) == (expected, quoted)


def test_core_tags_of_lists_and_mappings():
    assert read_yaml(Source("a.yaml", "!!map {a: !!seq [1]}\n")).get("a").items[0].text == "1"


def test_a_program_s_own_tags_are_allowed_in_its_configs():
    text = "a: !Cosine {b: !foo 1}\nc: !!python/object/apply:eval ['[1, 2]']\nd: &x !!python/tuple [1]\ne: *x\n"
    found = read_yaml(Source("config.yaml", text), tagged=True)
    computed = "!!python/object/apply:eval", "!!python/tuple"
    assert plain(found) == {"a": {"b": "1"}, "c": computed[0], "d": computed[1], "e": computed[1]}
    assert [found.get(key).computed for key in "cde"] == [True] * 3


def test_a_value_keeps_its_tag():
    text = "a: !Cosine {b: !ref <c>}\nc: !!float 1\nd: !tuple [1]\n"
    found = read_yaml(Source("config.yaml", text), tagged=True)
    tags = [found.get("a").tag, found.get("a").get("b").tag, found.get("c").tag, found.get("d").tag]
    assert tags == ["!Cosine", "!ref", "", "!tuple"]
