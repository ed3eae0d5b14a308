"""Errors in the words of a command line, its common options, and one form of JSON for every command."""

from __future__ import annotations

import io
import json
import shlex

import pytest
import typer
from support import Run, Scratch

import lrplot
from lrplot.cli.commands import COMMANDS
from lrplot.cli.usage import CommandLine, usage_diagnostic

COMPLETE = {
    "at": ["cosine", "0"],
    "diff": ["HEAD"],
    "fork": ["wsd", "--at", "20k"],
    "infer": ["log.csv"],
    "plot": ["cosine", "-o", "x.png"],
    "range-test": ["lr_find.csv"],
    "resume": ["cosine", "--at", "1"],
}


@pytest.fixture
def folder(scratch: Scratch) -> None:
    """A working folder in a repository with a commit, and the logs that examples name."""
    scratch.commit({})
    rows = "".join(f"{1e-5 * 1.3**i},{2 - i / 40}\n" for i in range(40))
    scratch.write({"lr_find.csv": f"lr,loss\n{rows}", "log.csv": "step,lr\n0,0.1\n1,0.1\n"})


def caret(error: str) -> str:
    """The text of the command line under the caret."""
    line, marks = error.splitlines()[3], error.splitlines()[4]
    return "".join(letter for letter, mark in zip(line, marks.ljust(len(line)), strict=False) if mark == "^")


@pytest.mark.parametrize(
    ("words", "head", "marked", "help"),
    [
        ("at cosine 0 --set", "bad-option]: `--set` needs a value", "--set", "`lrplot at -h` describes its options"),
        ("show cosine --width=10", "bad-option]: `--width` takes a whole number from 40 to 1000, not `10`", "10", ""),
        (
            "show --wdth 9 cosine",
            "unknown-option]: `lrplot show` has no option `--wdth`",
            "--wdth",
            "did you mean `--width`?",
        ),
        (
            "show cosine --width",
            "bad-option]: `--width` needs a value",
            "--width",
            "`lrplot show -h` describes its options",
        ),
        (
            "show cosine --json=3",
            "bad-option]: `--json` takes no value",
            "--json",
            "`lrplot show -h` describes its options",
        ),
        (
            "plot cosine",
            "missing-option]: `lrplot plot` needs `--output FILE`",
            "lrplot plot cosine",
            "for example `lrplot plot cosine -o cosine.png`",
        ),
        (
            "at cosine",
            "missing-option]: `lrplot at` needs `WHEN...`",
            "lrplot at cosine",
            "for example `lrplot at cosine 0 2k 50% last`",
        ),
        (
            "check cosine --format xml",
            "bad-option]: `--format` takes `text`, `github`, `json`, `junit` or `sarif`, not `xml`",
            "xml",
            "`lrplot check -h` describes its options",
        ),
        (
            "check cosine --format=jsn",
            "bad-option]: `--format` takes `text`, `github`, `json`, `junit` or `sarif`, not `jsn`",
            "jsn",
            "did you mean `json`?",
        ),
        ("plot cosine -ox.gif", "bad-option]: `x.gif` does not end in .pdf, .png, .svg", "x.gif", ""),
        ("plot cosine --output x.gif", "bad-option]: `x.gif` does not end in .pdf, .png, .svg", "x.gif", ""),
        (
            "kinds a b",
            "bad-option]: `lrplot kinds` takes no further argument, such as `b`",
            "b",
            "for example `lrplot kinds OneCycleLR`",
        ),
        (
            "schema chek",
            "bad-option]: `lrplot schema` takes `spec`, `check` or `rules`, not `chek`",
            "chek",
            "did you mean `check`?",
        ),
        ("shwo", "unknown-command]: there is no command `shwo`", "shwo", "did you mean `show`?"),
        ("-x", "unknown-option]: `lrplot` has no option `-x`", "-x", "`lrplot -h` describes its options"),
        (
            "show 'a b.yaml' --width 'a b'",
            "bad-option]: `--width` takes a whole number from 40 to 1000, not `a b`",
            "'a b'",
            "",
        ),
    ],
)
def test_an_error_points_at_the_word(run: Run, words, head, marked, help):
    result = run(*shlex.split(words))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error[{head}\n --> command line:1:")
    assert caret(result.err) == marked
    assert result.err.partition("\nhelp: ")[2].strip() == help


def test_the_name_of_an_option_is_not_looked_for_in_other_words(run: Run):
    assert caret(run("show", "--width", "50", "--width", "x", "--width-of-all").err) == "--width-of-all"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_works(run: Run, name, folder, monkeypatch):
    example = COMMANDS[name].example
    assert " ".join(f"Example: {example}".split()) in " ".join(run(name, "-h").out.split())
    printed = ""
    for part in example.split(" | "):
        program, *words = shlex.split(part)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(printed.encode())))
        result = run(*words)
        assert (program, result.code, result.err) == ("lrplot", 0, "")
        printed = result.out
    assert words[0] == name


@pytest.mark.parametrize("name", COMMANDS)
def test_short_options_of_every_command(run: Run, name, folder):
    assert run(name, "-V").out == run("-V").out == f"lrplot {lrplot.__version__}\n"
    assert run(name, "-h").out == run(name, "--help").out
    specs = ["cosine", "cosine"][: 1 + (name == "compare")]
    words = [name, *COMPLETE.get(name, [] if name in ("formats", "kinds", "presets", "schema") else specs)]
    if name not in ("convert", "export", "infer", "schema"):  # whose text is data
        assert run(*words, "-q") == run("--quiet", *words) == run(*words).__class__(0, "", "")


def test_quiet_keeps_data_errors_and_exit_codes(run: Run):
    assert run("export", "cosine", "--stop", 1, "-q").out == "step,lr\n0,0.0\n"
    assert run("presets", "cosine", "-q").out == run("presets", "cosine").out
    assert run("at", "cosine", "0", "-q", "--json").out == run("at", "cosine", "0", "--json").out
    assert run("show", "nowhere.yaml", "-q") == run("show", "nowhere.yaml")
    assert run("compare", "cosine", "wsd", "--tolerance", 0, "-q").code == 1
    result = run("check", "cosine", "nowhere.yaml", "-q")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error[unreadable]: cannot read `nowhere.yaml`: there is no such file\n"


JSON = {
    "show": (["cosine", "wsd"], "runs"),
    "compare": (["cosine", "wsd"], "differences"),
    "at": (["cosine", "0"], "values"),
    "kinds": (["StepLR"], "kinds"),
    "presets": (["gpt3"], "presets"),
    "resume": (["cosine", "--at", "50%"], "resumed"),
    "diff": (["HEAD"], "before"),
}


@pytest.mark.parametrize("name", JSON)
def test_json_is_one_object_with_its_format(run: Run, name, folder):
    words, key = JSON[name]
    data = json.loads(run(name, *words, "--json").out)
    assert data["format"] == f"lrplot/{name}/1"
    assert len(data[key]) > 0


@pytest.mark.parametrize("name", ["show", "compare", "at"])
def test_json_of_specs_that_cannot_be_read(run: Run, name, spec):
    bad = spec("steps: 10\nlr: 1\nschedule: cosin\n")
    result = run(name, bad, "nope.yaml" if name != "at" else "0", "--json")
    assert (result.code, result.err) == (2, "")
    data = json.loads(result.out)
    assert data["format"] == f"lrplot/{name}/1"
    assert data["diagnostics"][0] == {
        "severity": "error",
        "code": "unknown-kind",
        "message": "there is no kind `cosin`",
        "help": "did you mean `cosine`?",
        "url": None,
        "fix": {"file": str(bad), "line": 3, "column": 11, "endLine": 3, "endColumn": 16, "text": "cosine"},
        "file": str(bad),
        "line": 3,
        "column": 11,
        "endColumn": 16,
    }
    assert len(data["diagnostics"]) == (1 if name == "at" else 2)


def test_json_of_a_wrong_option(run: Run):
    (fault,) = json.loads(run("show", "cosine", "--json", "--width", "x").out)["diagnostics"]
    assert (fault["file"], fault["column"]) == ("command line", 35)


def test_json_is_asked_for_only_if_the_command_has_it(run: Run):
    assert json.loads(run("-q", "show", "nope.yaml", "--json").out)["format"] == "lrplot/show/1"
    result = run("check", "cosine", "--json")
    assert result.out == ""
    assert result.err.startswith("error[unknown-option]: `lrplot check` has no option `--json`\n")
    assert run("-q", "at", "cosine").err.startswith("error[missing-option]: `lrplot at` needs `WHEN...`\n")


def test_json_has_no_infinity(run: Run, spec):
    high, low = (
        spec(f"steps: 5\nlr: 1\nweight_decay: {decay}\nschedule: linear\n", f"{decay}.yaml") for decay in (0, 0.1)
    )
    out = run("compare", high, low, "--json").out
    data = json.loads(out, parse_constant=lambda name: pytest.fail(name))
    decay = data["differences"][0]["tracks"][1]
    assert (decay["track"], decay["share"]) == ("weight_decay", None)


def test_without_a_command_the_help_is_printed(run: Run):
    result = run()
    assert (result.code, result.out) == (2, "")
    assert result.err == run("-h").out


def test_the_help_of_an_unknown_command_says_where_commands_are_listed(run: Run):
    assert run("help").err.endswith("help: `lrplot -h` lists the commands\n")


def test_an_error_without_an_option_keeps_its_message():
    found = usage_diagnostic(typer.BadParameter("odd"), ["show", "cosine"])
    assert (found.code, found.message) == ("bad-option", "Invalid value: odd")


def test_the_place_of_an_option_that_is_not_there_is_the_whole_line():
    assert str(CommandLine(["show", "cosine"]).value("--width")[1]) == "command line:1:1"
