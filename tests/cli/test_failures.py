"""Full disks, closed pipes, signals, read-only folders, locales, control characters in specs; in real processes."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import Result, Run, default_signals

from lrplot.cli.console import Console

COMMAND = [sys.executable, "-m", "lrplot"]
ENDLESS = "steps: 200M\nlr: 1\nschedule: {kind: expression, value: 'base / (1 + t)'}\n"
SMALL = "steps: 4\nlr: 1\nschedule: linear\n"
OUTPUTS = {"export": "out.csv", "plot": "out.png"}
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, pipes and permissions of Unix")
ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a file system")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
pytestmark = UNIX


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to stand in, with a small spec and an endless one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "endless.yaml").write_text(ENDLESS)
    (tmp_path / "out").mkdir()
    return tmp_path


def start(*arguments: str, preexec_fn=default_signals, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=preexec_fn, **options
    )


def ended(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, timeout=60, **options)


def interrupted(folder: Path, number: int) -> subprocess.Popen:
    """An export into `folder`, sent a signal once it has begun to write."""
    with start("export", "endless.yaml", "-o", str(folder / "out.csv")) as child:
        while not list(folder.glob(".lrplot-*")):
            assert child.poll() is None
            time.sleep(0.01)
        os.kill(child.pid, number)
        child.errors = child.communicate(timeout=30)[1]
    return child


@contextmanager
def mounted(disk: Path, options: str) -> Iterator[Path]:
    """A file system in memory at `disk`, for as long as the test takes."""
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("may not mount a tmpfs here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_leaves_the_old_file_and_nothing_else(place, name, code):
    (place / "out" / "out.csv").write_text("old")
    child = interrupted(place / "out", getattr(signal, name))
    assert (child.returncode, child.errors) == (code, b"")
    assert os.listdir(place / "out") == ["out.csv"]
    assert (place / "out" / "out.csv").read_text() == "old"


# Runs lrplot in a process that sends itself a signal: while a module is imported, or at the end.
SIGNALLED = """
import atexit, os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{name})
sys.meta_path.insert(0, Finder())
if not {module!r}:
    atexit.register(os.kill, os.getpid(), signal.{name})
sys.argv = ["lrplot", "plot", "cosine", "-o", "out/out.png"]
from lrplot.__main__ import run
run()
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("module", ["lrplot.cli.main", "numpy.linalg", "matplotlib.ft2font", ""])
def test_a_signal_while_importing_or_at_the_end_is_quiet(place, name, code, module):
    program = SIGNALLED.format(name=name, module=module)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, timeout=60, preexec_fn=default_signals
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
    assert os.listdir("out") == ([] if module else ["out.png"])


def test_kill_leaves_the_old_file(place):
    (place / "out" / "out.csv").write_text("old")
    assert interrupted(place / "out", signal.SIGKILL).returncode == -signal.SIGKILL
    assert (place / "out" / "out.csv").read_text() == "old"
    # Nothing can clean up after SIGKILL: the file that is left is hidden, and its name begins with lrplot's.
    (left,) = (name for name in os.listdir(place / "out") if name != "out.csv")
    assert re.fullmatch(r"\.lrplot-\d+-[0-9a-f]{16}\.part", left)


def test_nohup_keeps_sighup_ignored(place):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with start("export", "endless.yaml", "-o", "out/out.csv", preexec_fn=ignore) as child:
        while not os.listdir("out"):
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGHUP)
        time.sleep(0.2)
        assert child.poll() is None
        child.terminate()
        assert child.wait(30) == 143
    assert os.listdir("out") == []


@pytest.mark.parametrize("command", OUTPUTS)
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_full_disk_leaves_the_old_file(place, command, old):
    """A limit on the size of files, which needs no privileges, replaces the disk."""
    path = place / "out" / OUTPUTS[command]
    if old is not None:
        path.write_bytes(old)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = ended(command, "cosine", "-o", str(path), preexec_fn=limit)
    assert done.returncode == 2
    assert done.stderr.decode() == f"error[unwritable]: cannot write `{path}`: File too large\n"
    assert (path.read_bytes() if old else None) == old
    assert os.listdir(place / "out") == ([path.name] if old else [])


@ROOT
@pytest.mark.parametrize("command", OUTPUTS)
def test_a_small_file_system_that_fills_up(place, command):
    with mounted(place / "disk", "size=16k") as disk:
        path = disk / OUTPUTS[command]
        path.write_bytes(b"old")
        done = ended(command, "cosine", "-o", str(path))
        assert done.stderr.decode() == f"error[unwritable]: cannot write `{path}`: No space left on device\n"
        assert (done.returncode, path.read_bytes(), os.listdir(disk)) == (2, b"old", [path.name])


@ROOT
@pytest.mark.parametrize("command", OUTPUTS)
def test_a_read_only_file_system(place, command):
    with mounted(place / "disk", "ro") as disk:
        done = ended(command, "cosine", "-o", str(disk / OUTPUTS[command]))
        assert done.returncode == 2
        assert done.stderr.endswith(b": Read-only file system\n")


def test_out_of_memory(run: Run, monkeypatch):
    def fail(*_: object, **__: object):
        raise MemoryError

    monkeypatch.setattr("lrplot.cli.commands.export.load_runs", fail)
    assert run("export", "cosine") == Result(2, "", "error[too-large]: there is not enough memory for this\n")


COMMANDS = {
    "show": ["show", "cosine"],
    "json": ["show", "--json", "cosine"],
    "export": ["export", "cosine"],
    "compare": ["compare", "cosine", "linear"],
    "at": ["at", "cosine", "0", "last"],
    "check": ["check", "cosine"],
    "kinds": ["kinds"],
    "presets": ["presets"],
    "version": ["--version"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_closed_pipe_ends_quietly(name):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, *COMMANDS[name]], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_pipe_ends_help_quietly():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert done.stderr == b""  # Typer prints it, and says 1


@FULL
@pytest.mark.parametrize("name", ["show", "export", "version", "help"])
def test_a_full_device_is_reported(name):
    arguments = COMMANDS.get(name, ["--help"])
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 2
    assert re.fullmatch(rb"error\[(unwritable|system)\]: .*No space left on device\n", done.stderr)


@pytest.mark.parametrize("name", ["show", "export"])
def test_a_closed_standard_output_is_reported(name):
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, *COMMANDS[name]], stderr=subprocess.PIPE, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == b"error[unwritable]: cannot write to standard output: it is closed\n"


@pytest.mark.parametrize(
    ("closed", "arguments", "code"),
    [
        ("2>&-", ["export", "cosine"], 0),
        ("2>&-", ["export", "cosine", "-o", "out/out.csv"], 0),
        ("<&- >&- 2>&-", ["export", "cosine"], 2),
        ("<&- >&- 2>&-", ["show", "cosine"], 2),
        ("<&- >&- 2>&-", ["export", "cosine", "-o", "out/out.csv"], 0),
        ("<&- >&- 2>&-", ["plot", "cosine", "-o", "out/out.png"], 0),
    ],
)
def test_exit_code_with_standard_streams_closed(place, closed, arguments, code):
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *arguments], check=False, timeout=60)
    assert done.returncode == code
    assert os.listdir("out") == [os.path.basename(arguments[-1])] * ("-o" in arguments)


def test_exit_code_with_standard_error_closed():
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", *COMMAND, "show", "nowhere.yaml"],
        stdout=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "show", "nowhere.yaml"], stderr=writer, check=False, timeout=60)
    os.close(writer)
    assert done.returncode == 2


@pytest.mark.parametrize("where", ["/dev/stdout", "/dev/fd/1"])
def test_writing_to_dev_stdout(where):
    done = ended("export", "cosine", "--format", "csv", "--stop", "2", "-o", where)
    assert (done.returncode, done.stdout) == (0, b"step,lr\n0,0.0\n1,6e-07\n")


@pytest.mark.parametrize("color", ["always", "never", "auto"])
@pytest.mark.parametrize("spec", ["cosine", "nowhere.yaml"])
def test_color_option_applies_to_results_and_errors(run: Run, color, spec):
    result = run("show", spec, "--color", color)
    assert ("\x1b[" in result.out + result.err) == (color == "always")
    assert run("show", spec, f"--color={color}") == result


class Terminal:
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "color", "expected"),
    [
        ({}, "auto", True),
        ({"NO_COLOR": "1"}, "auto", False),
        ({"NO_COLOR": ""}, "auto", True),
        ({"NO_COLOR": "1"}, "always", True),
        ({"TERM": "dumb"}, "auto", False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, "auto", True),
        ({}, "never", False),
        ({"FORCE_COLOR": "1"}, "never", False),
    ],
)
def test_color_on_a_terminal(environment, color, expected, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Console(Terminal(), color).color is expected  # type: ignore[arg-type]  # a console needs no more


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "3"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_color_in_a_pipe_if_it_is_forced(run: Run, environment, colored, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in run("show", "cosine").out) is colored
    assert ("\x1b" in run("show", "nothing").err) is colored
    assert "\x1b" not in run("show", "cosine", "--json").out


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_no_line_is_wider_than_asked(run: Run, width, monkeypatch):
    asked = run("show", "one_cycle", "--width", width).out
    assert max(map(len, asked.splitlines())) <= width
    monkeypatch.setenv("COLUMNS", str(width))
    assert run("show", "one_cycle").out == asked


LOCALES = [
    {"LC_ALL": "C"},
    # Falls back to C where it is not installed.
    {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PYTHONHASHSEED": "2"},
]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LATIN = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}


@pytest.mark.parametrize("name", ["show", "json"])
def test_the_same_bytes_in_every_locale(name):
    assert len({ended(*COMMANDS[name], env=os.environ | each).stdout for each in LOCALES}) == 1
    (plain,) = {ended(*COMMANDS[name], env=os.environ | each).stdout for each in (ASCII, LATIN)}
    assert plain.isascii()


def test_files_are_the_same_bytes_in_every_locale(place):
    for command, name in (("export", "out.csv"), ("plot", "out.svg")):
        written = set()
        for i, variables in enumerate(({"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}, ASCII | {"PYTHONHASHSEED": "1"})):
            path = place / f"{i}-{name}"
            assert ended(command, "small.yaml", "-o", str(path), env=os.environ | variables).returncode == 0
            written.add(path.read_bytes())
        assert len(written) == 1


def test_a_file_name_that_is_not_unicode(place):
    path = os.fsencode(place) + b"/bad\xff.yaml"
    with open(path, "wb") as file:
        file.write(SMALL.encode())
    for arguments in (["show"], ["show", "--json"], ["show", "--spark"], ["compare", "cosine"], ["check"]):
        done = subprocess.run([*COMMAND, *arguments, path], capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, b""), arguments
        done.stdout.decode("utf-8")


NASTY = "x\x1b[31m\x9b31m\x07\u202e[bold]y[/bold] $\\frac{1}{0}$ <script>alert(1)</script> & =cmd()"
GROUPS = ("=cmd()", "+1", "-1", "@SUM(1)", "[red]", "<b>", "$x$")


@pytest.fixture
def hostile(place):
    """A spec with control characters, markup and formulas in every text."""
    groups = {name: {"lr": 0.5 / (i + 1)} for i, name in enumerate(GROUPS)}
    path = place / "hostile.yaml"
    path.write_text(
        json.dumps({"steps": 50, "lr": 1, "name": NASTY, "source": NASTY, "schedule": "cosine", "groups": groups})
    )
    return path


def tame(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "arguments",
    [["show"], ["show", "--spark"], ["compare", "cosine"], ["export"], ["check"], ["check", "--format", "github"]],
    ids=" ".join,
)
def test_control_characters_of_a_spec_are_not_printed(run: Run, hostile, arguments):
    result = run(*arguments, hostile)
    assert result.code in (0, 1)
    assert tame(result.out + result.err)
    if arguments == ["show"]:
        assert "[bold]y[/bold] $\\frac{1}{0}$" in result.out


def test_control_characters_of_names_are_not_printed_in_annotations(run: Run, place):
    path = place / "x\x1b[31m\u202e\r%,:.yaml"
    path.write_text(json.dumps({"steps": 5, "lr": 1, "schedule": "cosine", NASTY: NASTY, "a\rb\u2066": 1}))
    result = run("check", path, "--format", "github")
    assert result.code == 2
    assert tame(result.out)
    assert result.out.count("\n") == result.out.count("::error ") == 2
    assert "x\ufffd[31m\ufffd\ufffd%25%2C%3A.yaml" in result.out


def test_control_characters_of_a_spec_are_not_printed_in_errors(run: Run, place):
    path = place / "bad.yaml"
    path.write_text(json.dumps({"steps": 5, NASTY: NASTY, "schedule": {"kind": NASTY, NASTY: 1}}))
    result = run("show", path)
    assert result.code == 2
    assert tame(result.out + result.err)


@pytest.mark.parametrize("arguments", [["show", "--json"], ["compare", "cosine", "--json"]], ids=" ".join)
def test_control_characters_are_escaped_in_json(run: Run, hostile, arguments):
    out = run(*arguments, hostile).out
    assert json.loads(out)
    assert tame(out)


def test_markup_in_a_spec_stays_text_in_svg(run: Run, hostile):
    path = hostile.with_name("out.svg")
    assert run("plot", hostile, "-o", path).code == 0
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"script", "b", "foreignObject"})
    assert tame("".join(root.itertext()))


@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_no_cell_of_a_table_is_a_spreadsheet_formula(run: Run, hostile, suffix):
    """A spreadsheet recognizes a formula by its first character: a header begins with that of `step` or a parameter."""
    path = hostile.with_name(f"out.{suffix}")
    assert run("export", hostile, "-o", path).code == 0
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    separator = "," if suffix == "csv" else "\t"
    assert header.split(separator) == ["step", "lr", *(f"lr/{name}" for name in GROUPS)]
    assert all(re.fullmatch(r"[0-9]", row[0]) for line in rows for row in line.split(separator) if row[0] != "-")
