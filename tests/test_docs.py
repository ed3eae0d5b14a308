"""The README and the project's own files tell the truth."""

import re
import shlex

import pytest
import yaml
from support import ROOT, Run

import lrplot
from lrplot.cli.main import COMMANDS
from lrplot.kinds import KINDS

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    """Commands shown with what they print."""
    blocks = [text for language, text in BLOCKS if language == "console"]
    parts = [part for text in blocks for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def test_readme_names_every_command_and_kind():
    for name in COMMANDS:
        assert f"`lrplot {name} " in README
    for name in KINDS:
        assert f"`{name}`" in README


def test_the_table_of_kinds_is_theirs():
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.+?) \| .* \|$", README.partition("## Kinds")[2], re.MULTILINE))
    assert {name: rows.get(name) for name in KINDS} == {name: kind.summary for name, kind in KINDS.items()}


@pytest.mark.parametrize(("command", "output"), sessions(), ids=lambda text: text[:50])
def test_readme_session_prints_what_it_shows(command, output, run: Run, monkeypatch):
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program == "lrplot"
    result = run(*arguments)
    printed = result.out + result.err
    assert printed.rstrip("\n") == output.rstrip("\n")


@pytest.mark.parametrize("text", [text for language, text in BLOCKS if language == "yaml"])
def test_readme_specs_load(text, spec):
    for document in text.split("---\n"):
        assert lrplot.load(spec(document)).steps > 0


@pytest.mark.parametrize("schedule", re.findall(r"^\| [^|]+ \| `([{\[].*)` \|$", README, re.MULTILINE))
def test_what_i_want_loads(schedule, spec):
    text = f"epochs: 164\nsteps_per_epoch: 100\nlr: 0.1\nschedule: {schedule}\n"
    assert lrplot.load(spec(text)).steps == 16_400


def test_readme_pictures_exist():
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_ci_runs_the_readme_test_command():
    (command,) = re.findall(r"^python3 -m venv .*pytest -n auto$", README, re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text()


def test_ci_and_hooks_run_the_same_checks():
    ci = (ROOT / ".ci" / "run").read_text()
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    for hook in hooks:
        assert hook["entry"].split()[0] in ci
