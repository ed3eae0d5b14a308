"""The command as a whole: exit codes, pipes, signals, in a process of its own."""

import os
import signal
import subprocess
import sys

import pytest
from support import Run, default_signals

import lrplot
from lrplot.cli.commands import COMMANDS, Task
from lrplot.registry import module_names

COMMAND = [sys.executable, "-m", "lrplot"]
LONG = b"steps: 100M\nlr: 1\nschedule: {kind: expression, value: 'base / (1 + t)'}\n"


def process(*arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=default_signals,
        **options,
    )


def test_version_and_help(run: Run):
    assert run("--version").out == f"lrplot {lrplot.__version__}\n"
    assert "Usage:" in run("--help").out
    assert run("show").code == 2


def test_every_file_of_a_command_registers_it():
    assert sorted(COMMANDS) == [name.replace("_", "-") for name in module_names("lrplot.cli.commands")]


def test_help_lists_commands_by_task(run: Run):
    sections = run("--help").out.split("\n\n")[3:]
    assert [section.partition(":")[0].strip() for section in sections] == list(Task)
    for section in sections:
        title, *lines = section.strip().splitlines()
        names = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
        assert names == [name for name, command in sorted(COMMANDS.items()) if f"{command.task}:" == title]


def test_unknown_command(run: Run):
    result = run("shwo")
    assert result.code == 2
    assert result.err.startswith("error[unknown-command]: there is no command `shwo`\n --> command line:1:8\n")
    assert result.err.endswith("help: did you mean `show`?\n")


def test_internal_errors_keep_their_traceback(run: Run, monkeypatch):
    monkeypatch.setattr("lrplot.api.load_nominal", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        run("show", "cosine")


def test_standard_input():
    done = subprocess.run(
        [*COMMAND, "at", "-", "1"], input=b"steps: 2\nlr: 1\nschedule: linear", capture_output=True, check=True
    )
    assert done.stdout.split()[-1] == b"0.5"


def test_closed_pipe_ends_quietly():
    with process("export", "-") as child:
        child.stdin.write(LONG)
        child.stdin.close()
        assert child.stdout.readline() == b"step,lr\n"
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(30) == 0


def test_ctrl_c_is_130_and_leaves_nothing(tmp_path):
    with process("export", "-", "-o", "out.csv", cwd=tmp_path) as child:
        child.stdin.write(LONG)
        child.stdin.close()
        while not list(tmp_path.iterdir()):
            assert child.poll() is None
        os.kill(child.pid, signal.SIGINT)
        assert child.wait(30) == 130
        assert b"Traceback" not in child.stderr.read()
    assert list(tmp_path.iterdir()) == []


def test_plain_output_if_the_encoding_is_not_unicode():
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run([*COMMAND, "show", "one_cycle"], capture_output=True, env=environment, check=True)
    assert done.stdout.isascii()


def test_output_does_not_depend_on_hash_seed_or_locale():
    outputs = {
        subprocess.run(
            [*COMMAND, "show", "layer_decay"],
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"},
            check=True,
        ).stdout
        for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("2", "POSIX"))
    }
    assert len(outputs) == 1
