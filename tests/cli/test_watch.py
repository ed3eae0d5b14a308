"""`lrplot show --watch`, in a terminal of its own."""

from __future__ import annotations

import io
import json
import os
from types import SimpleNamespace

import pytest
from support import Run
from terminal import Terminal

from lrplot.cli import watch
from lrplot.cli.console import Console
from lrplot.cli.watch import Reads, on_screen, wait_for_change
from lrplot.diagnostics import Diagnostic, Fault, SpecError

SIZE = os.terminal_size((80, 24))
SPEC = "steps: {}\nlr: 1\nschedule: linear\n"
DRAWN = "Ctrl-C ends"


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text(SPEC.format(100))
    return path


@pytest.fixture
def terminal(spec):
    with Terminal("show", "run.yaml", "--watch", folder=spec.parent, lines=60) as terminal:
        assert "100 updates" in terminal.until(DRAWN)
        yield terminal


def test_a_saved_spec_is_drawn_again_in_place_of_the_page(terminal, spec):
    for steps in (200, 300):
        spec.write_text(SPEC.format(steps))
        page = terminal.until(DRAWN)
        assert f"{steps} updates" in page
        assert page.count("\x1b[H") == 1
        assert "\x1b[K\x1b[2m phase" in page


def test_a_spec_that_an_editor_puts_in_its_place_is_drawn(terminal, spec):
    new = spec.with_name("run.yaml~")
    new.write_text(SPEC.format(200))
    new.replace(spec)
    assert "200 updates" in terminal.until(DRAWN)


def test_a_mistake_is_shown_and_watching_goes_on(terminal, spec):
    spec.write_text("steps: 100\nlr: 1\nschedule: linaer\n")
    page = terminal.until(DRAWN)
    assert "there is no kind `linaer`" in page
    assert "100 updates" not in page
    spec.write_text(SPEC.format(200))
    assert "200 updates" in terminal.until(DRAWN)


def test_a_spec_that_is_deleted_may_come_back(terminal, spec):
    spec.unlink()
    assert "there is no such file" in terminal.until(DRAWN)
    spec.write_text(SPEC.format(200))
    assert "200 updates" in terminal.until(DRAWN)


def test_another_size_of_the_terminal_is_drawn(terminal):
    terminal.resize(50, 10)
    page = terminal.until(DRAWN)
    assert len(page.split("\n")) == 10
    assert "more lines; " in page


def test_ctrl_c_ends_it_quietly_below_the_page(terminal):
    terminal.interrupt()
    assert terminal.end() == 130
    assert terminal.printed.endswith("Ctrl-C ends watching run.yaml\x1b[J\r\n")


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


ARGUMENTS = "learning_rate: 1e-4\nmax_steps: 100\nlr_scheduler_type: linear\nper_device_train_batch_size: 4\n"


def base(total):
    return (
        "optimizer = dict(lr=0.1)\nlr_config = dict(policy='step', step=[1], by_epoch=False)\n"
        f"runner = dict(type='IterBasedRunner', max_iters={total})\n"
    )


def engine(total):
    return {"scheduler": {"type": "WarmupDecayLR", "params": {"total_num_steps": total, "warmup_num_steps": 10}}}


@pytest.mark.parametrize(
    ("files", "changed", "before", "after"),
    [
        (
            {"base.py": base(200), "watched.py": "_base_ = './base.py'\noptimizer = dict(lr=0.2)\n"},
            {"base.py": base(300)},
            "200 updates",
            "300 updates",
        ),
        (
            {"watched.yaml": ARGUMENTS + "deepspeed: ds.json\n", "ds.json": engine(100)},
            {"ds.json": engine(50)},
            "99",
            "49",
        ),
        (
            {
                "watched.yaml": "steps: 2\nschedule: {kind: table, file: rows.csv}\n",
                "rows.csv": "step,lr\n0,1e-3\n1,7e-4\n",
            },
            {"rows.csv": "step,lr\n0,1e-3\n1,3e-4\n"},
            "7e-4",
            "3e-4",
        ),
        ({"watched/a.yaml": SPEC.format(100)}, {"watched/b.yaml": SPEC.format(200)}, "100 updates", "200 updates"),
    ],
    ids=["a base", "a file of DeepSpeed", "a table", "a folder"],
)
def test_files_that_a_run_is_made_of_are_watched(tmp_path, files, changed, before, after):
    write(tmp_path, files)
    (place,) = {name.split("/")[0] for name in files if name.startswith("watched")}
    with Terminal("show", place, "--watch", folder=tmp_path, lines=90) as terminal:
        page = terminal.until(DRAWN)
        assert before in page
        assert after not in page
        write(tmp_path, changed)
        assert after in terminal.until(DRAWN)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cosine",), "`--watch` draws on a terminal, and standard output is none"),
        (("cosine", "--json"), "`--json` has no effect beside `--watch`"),
    ],
)
def test_it_is_refused_in_a_pipe_and_for_data(run: Run, arguments, message):
    result = run("show", *arguments, "--watch")
    assert result.code == 2
    assert message in result.out + result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-",), "`--watch` cannot watch standard input"),
        (("nowhere.yaml",), "there is no such file"),
        (("cosine", "--start", "20k"), "there are no steps from 20,000 up to 10,000"),
    ],
)
def test_what_no_change_could_mend_is_an_error(arguments, message):
    with Terminal("show", *arguments, "--watch") as terminal:
        assert terminal.end() == 2
    assert message in " ".join(terminal.printed.split())


@pytest.fixture
def looks(monkeypatch):
    """Let a file have the given states at one look after the other; the number of looks until it is at rest."""

    def count(before, *states):
        left = list(states)
        monkeypatch.setattr(watch.time, "sleep", lambda seconds: None)
        monkeypatch.setattr(watch.shutil, "get_terminal_size", lambda: SIZE)
        monkeypatch.setattr(watch, "status", lambda path: left.pop(0) if len(left) > 1 else left[0])
        taken = []
        monkeypatch.setattr(watch.time, "sleep", taken.append)
        wait_for_change({"run.yaml": before}, SIZE)
        return len(taken)

    return count


OLD, PART, NEW, EMPTY = (1, 9, 1), (2, 4, 1), (3, 9, 1), (2, 0, 1)


def test_a_file_is_read_once_it_is_at_rest(looks):
    assert looks(OLD, OLD, PART, NEW, NEW) == 4
    assert looks(None, None, NEW, NEW) == 3


def test_a_log_that_is_written_all_the_time_is_read(looks):
    assert looks(OLD, *((step, step, 1) for step in range(2, 100))) == watch.GRACE


def test_an_editor_may_leave_a_file_empty_or_missing_for_a_while(looks):
    assert looks(OLD, EMPTY, EMPTY, EMPTY, NEW, NEW) == 5
    assert looks(OLD, None, None, NEW, NEW) == 4
    assert looks(OLD, EMPTY) == watch.GRACE
    assert looks(EMPTY, (3, 0, 1)) == 2


class Stop(Exception):
    """Ends the watching, as Ctrl-C does."""


@pytest.fixture
def pages(monkeypatch):
    """What is drawn by each of some functions in turn, below the lines that make room."""

    def drawn(*draws):
        monkeypatch.setenv("TERM", "dumb")
        stream = io.StringIO()
        left = list(draws)

        def wait(before, size):
            if not left:
                raise Stop

        monkeypatch.setattr(watch, "wait_for_change", wait)
        with pytest.raises(Stop):
            watch.watch(Console(stream, "never"), lambda: left.pop(0)(), "run.yaml")
        return stream.getvalue().lstrip("\n")

    return drawn


def fail(error):
    def draw():
        raise error

    return draw


NOTE = "\n\nCtrl-C ends watching run.yaml\n"


def test_each_page_is_drawn_and_errors_in_their_places(pages):
    error = SpecError(Diagnostic("bad-value", "it is wrong"))
    assert pages(lambda: "one\n", fail(error), lambda: "two\n", fail(Fault("no such place"))) == (
        f"one{NOTE}error[bad-value]: it is wrong{NOTE}two{NOTE}error[bad-value]: no such place{NOTE}"
    )


def test_an_error_of_the_program_is_none_of_the_spec(pages):
    with pytest.raises(ZeroDivisionError):
        pages(lambda: "one\n", fail(ZeroDivisionError()))
    with pytest.raises(Fault):
        pages(fail(Fault("no such place", field="--start")))


def test_a_page_that_is_too_long_is_cut(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    shown = on_screen("a\nb\nc\nd\n", "note", os.terminal_size((40, 3)))
    assert shown == "\x1b[H\x1b[Ka\n\x1b[Kb\n\x1b[K2 more lines; note\x1b[J"
    assert on_screen("a\nb\nc\n", "note", os.terminal_size((40, 3))).endswith("\x1b[K1 more line; note\x1b[J")
    assert on_screen("a\nb\n", "note", os.terminal_size((40, 3))) == "\x1b[H\x1b[Ka\n\x1b[Kb\n\x1b[Knote\x1b[J"
    assert on_screen("a\n", "note", os.terminal_size((40, 3))) == "\x1b[H\x1b[Ka\n\x1b[K\n\x1b[Knote\x1b[J"


def test_a_terminal_that_cannot_go_back_gets_one_page_after_the_other(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert on_screen("a\n", "note", SIZE) == "a\n\nnote\n"


def test_a_file_of_the_same_size_and_time_has_changed(monkeypatch):
    old, new = (SimpleNamespace(st_mtime_ns=1, st_size=2, st_ino=3, st_ctime_ns=time) for time in (4, 5))
    found = iter([old, new])
    monkeypatch.setattr(watch.os, "stat", lambda path: next(found))
    assert watch.status("a") != watch.status("a")


def test_reads_are_those_of_the_recording(tmp_path):
    reads = Reads()
    (tmp_path / "read").write_text("1")
    reads.recording = True
    (tmp_path / "read").read_text()
    with pytest.raises(FileNotFoundError):
        (tmp_path / "missing").read_text()
    list(os.scandir(tmp_path))
    reads.recording = False
    (tmp_path / "later").write_text("1")
    assert {path: bool(found) for path, found in reads.before.items() if path.startswith(str(tmp_path))} == {
        str(tmp_path / "read"): True,
        str(tmp_path / "missing"): False,
        str(tmp_path): True,
    }
