"""`lrplot resume`."""

import json

import pytest
from support import Run

COSINE = "name: run\nsteps: 8\nlr: 1\nschedule: {use: torch.CosineAnnealingLR, T_max: 8}\n"
ONE = "steps: 8\nlr: 1\nschedule: {use: torch.OneCycleLR, max_lr: 1, total_steps: 8}\n"
EXTENDED = ("--set", "steps=16", "--set", "schedule.T_max=16")


def test_the_page(run: Run, spec):
    found = run("resume", spec(COSINE), "--at", "50%", *EXTENDED)
    assert found.code == 0
    out = " ".join(found.out.split())
    assert "stopped after 4 of 8 updates; optimizer and scheduler restored; updates 4 … 15 follow" in out
    assert "a plan b changed plan c resumed run" in out
    assert "update plan changed resumed 3 0.6913 0.9157 4 0.5 0.8536 0.5 5 0.3087 0.7778 0.3087" in out
    assert "the checkpoint brings back `T_max` 8 (not 16)" in out


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_too_wide(run: Run, spec, width):
    out = run("resume", spec(COSINE), "--at", "4", *EXTENDED, "--width", width).out
    assert max(map(len, out.splitlines())) <= width


def test_json_has_the_keys_of_the_function(run: Run, spec):
    data = json.loads(run("resume", spec(COSINE), "--at", "4", *EXTENDED, "--json").out)
    assert data["format"] == "lrplot/resume/1"
    assert (data["at"], data["steps"], data["restore"], data["last_epoch"]) == (4, 16, "both", False)
    assert data["resumed"]["lr"][:2] == pytest.approx([0.5, 0.3086582838])
    assert len(data["resumed"]["lr"]) == 12
    assert data["raises"] is None
    assert {each["code"] for each in data["findings"]} >= {"resume-climbs", "resume-differs"}


def test_an_exception_is_a_finding(run: Run, spec):
    found = run("resume", spec(ONE), "--at", "5", "--set", "steps=12", "--set", "schedule.total_steps=12", "--json")
    assert found.code == 1
    raises = json.loads(found.out)["raises"]
    assert (raises["update"], raises["type"]) == (9, "ValueError")


def test_last_epoch(run: Run, spec):
    data = json.loads(run("resume", spec(COSINE), "--at", "4", *EXTENDED, "--last-epoch", "--json").out)
    assert data["resumed"]["lr"][:3] == pytest.approx([0.5, 0.4556, 0.4050], abs=1e-4)


def test_a_table_of_the_further_updates(run: Run, spec, tmp_path):
    file = tmp_path / "rest.csv"
    assert run("resume", spec(COSINE), "--at", "6", "-o", file).code == 0
    lines = file.read_text().splitlines()
    assert lines[0] == "step,lr"
    assert [line.partition(",")[0] for line in lines[1:]] == ["6", "7"]


def test_a_picture(run: Run, spec, tmp_path):
    file = tmp_path / "resumed.svg"
    assert run("resume", spec(COSINE), "--at", "4", *EXTENDED, "-o", file).code == 0
    text = file.read_text()
    assert "resumed at update 4" in text
    assert "changed plan" in text


def test_nothing_is_left_after_the_end(run: Run, spec):
    found = run("resume", spec(COSINE), "--at", "100%")
    assert found.code == 0
    assert "no update is left" in " ".join(found.out.split())


BAD = [
    (("--at", "soon"), "is not a point in a run"),
    (("--at", "100%", "-o", "rest.csv"), "no further update gets a value"),
    (("--at", "4", "-o", "rest.txt"), "does not end in"),
]


@pytest.mark.parametrize(("arguments", "error"), BAD)
def test_bad_options(run: Run, spec, arguments, error):
    found = run("resume", spec(COSINE), *arguments)
    assert found.code == 2
    assert error in " ".join(found.err.split())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--restore", "optimizer"), "only the optimizer restored"),
        (("--restore", "scheduler"), "only the scheduler restored"),
        (("--restore", "none"), "no state restored"),
        (("--last-epoch",), "optimizer restored, scheduler built with last_epoch=3"),
    ],
)
def test_what_is_restored(run: Run, spec, options, words):
    assert words in " ".join(run("resume", spec(COSINE), "--at", "4", *options).out.split())


def test_a_native_schedule_has_no_state(run: Run):
    assert "the step decides, no state is loaded" in " ".join(run("resume", "cosine", "--at", "50%").out.split())


def test_a_run_that_raises_at_once_has_its_plan(run: Run, spec):
    text = COSINE + "groups: {head: {lr: 2}}\n"
    found = run("resume", spec(text), "--at", "4", "--set", "groups={head: {lr: 1}, tail: {lr: 2}}")
    assert found.code == 1
    assert "different number of parameter groups" in " ".join(found.out.split())


def test_the_moment_is_needed(run: Run):
    found = run("resume", "cosine")
    assert (found.code, "give `--at`" in found.err) == (2, True)


def test_last_epoch_raises_on_a_new_optimizer(run: Run, spec):
    found = run("resume", spec(COSINE), "--at", "4", "--last-epoch", "--restore", "none")
    out = " ".join(found.out.split())
    assert found.code == 1
    assert "scheduler built with last_epoch=3 on a new optimizer" in out
    assert "the run raises at update 4, 4 updates before its end: KeyError" in out


def test_a_plan_that_raises_before_the_peak_is_told_as_json(run: Run, spec):
    path = spec("steps: 20\nlr: 1\nschedule: {use: torch.ReduceLROnPlateau, metrics: [1, 1, 1]}\n")
    found = run("resume", path, "--at", "peak", "--json")
    assert (found.code, found.err) == (2, "")
    assert [each["code"] for each in json.loads(found.out)["diagnostics"]] == ["not-finite"]


def test_too_many_further_updates_are_not_listed(run: Run, spec):
    path = spec("steps: 20_000_000\nlr: 1\nschedule: cosine\n")
    found = run("resume", path, "--at", "50%", "--set", "steps=1_000_000_000", "--json")
    (fault,) = json.loads(found.out)["diagnostics"]
    assert (found.code, fault["code"]) == (2, "bad-option")
    assert fault["message"].endswith("990,000,000 are too many")
    assert "-o FILE.csv" in fault["help"]
