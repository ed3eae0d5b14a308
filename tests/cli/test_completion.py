"""Completion in a shell."""

import os
import subprocess
import sys

import pytest

COMMANDS = [
    "at",
    "compare",
    "plot",
    "range-test",
    "resume",
    "show",
    "check",
    "diff",
    "convert",
    "export",
    "fork",
    "infer",
    "formats",
    "kinds",
    "presets",
    "schema",
    "theory",
]


def offered(folder, *words: str) -> list[str]:
    """The completions in bash, in `folder`, of the last of these words."""
    environment = os.environ | {
        "_LRPLOT_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["lrplot", *words]),
        "COMP_CWORD": str(len(words)),
    }
    code = (
        "import sys\nsys.argv = ['lrplot']\nfrom lrplot.cli.main import main\ntry: main()\n"
        "finally: assert not {'numpy', 'yaml', 'matplotlib', 'rich'} & {*sys.modules}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["com"], ["compare"]),
        (["show", "--wi"], ["--width"]),
        (["show", "--color", ""], ["auto", "always", "never"]),
        (["compare", "--align", "s"], ["steps", "samples"]),
        (["export", "--format", "js"], ["json", "jsonl"]),
        (["show", "cosine_"], ["cosine_mine.yaml", "cosine_restarts"]),
        (["check", "wsd", "cosine_m"], ["cosine_mine.yaml"]),
        (["presets", "llama3_"], ["llama3_405b", "llama3_8b"]),
        (["show", "sub/"], []),
    ],
)
def test_offers(tmp_path, words, expected):
    (tmp_path / "cosine_mine.yaml").touch()
    (tmp_path / "cosine_mine.txt").touch()
    (tmp_path / "sub").mkdir()
    assert offered(tmp_path, *words) == expected


def test_every_command_is_offered(tmp_path):
    assert offered(tmp_path, "") == COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell):
    command = [sys.executable, "-m", "lrplot", "--show-completion", shell]
    environment = os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    script = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert f"complete_{shell}" in script
