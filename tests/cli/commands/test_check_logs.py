"""`lrplot check --log`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from analysis.agreement.simulated import cosine

import lrplot

PLAN = "name: plan\nsteps: 1000\nlr: 1e-3\nschedule: {kind: cosine, warmup: 100}\n"
CONFIG = "learning_rate: 1e-3\nlr_scheduler_type: cosine\nwarmup_steps: 100\nnum_train_epochs: 3\n"
STEPS = np.arange(10, 1001, 10)


def rate(s):
    return cosine(s, 1000, 100, 1e-3)


@pytest.fixture
def log(tmp_path):
    """Write a CSV log."""

    def write(values, name="log.csv", header="step,lr", steps=STEPS):
        rows = [f"{step},{value!r}" for step, value in zip(steps.tolist(), values.tolist(), strict=True)]
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_a_run_that_followed_its_schedule(run, spec, log):
    checked = run("check", spec(PLAN), "--log", log(np.round(rate(STEPS - 1), 8)))
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("log follows plan: 100 points, largest difference ")
    assert checked.out.endswith("; step N has the value of update N − 1, the one just made.\n")
    assert checked.out.count("\n") == 1


def test_a_run_that_did_not(run, spec, log):
    path = log(rate(STEPS) / 2)
    checked = run("check", spec(PLAN), "--log", path)
    assert checked.code == 1
    assert checked.out == (
        "warning[log-scaled]: the learning rate is half the planned one throughout, 5e-4 for 1e-3 at the peak\n"
        f" --> {path}:2:1\n"
        "help: look for a rule that scales it by the batch or the number of devices, or for another base value\n"
        "\n"
        "log does not follow plan: 100 points, largest difference 50% of the peak at step 100; "
        "step N has the value of update N, counted from 0.\n"
    )


def test_numbers_as_json(run, spec, log):
    skipped = np.cumsum(np.isin(np.arange(1001), [1, 2, 501]))
    path = log(rate(STEPS - skipped[STEPS]))
    checked = run("check", spec(PLAN), "--log", path, "--format", "json")
    data = json.loads(checked.out)
    assert (checked.code, data["format"], data["findings"]) == (0, "lrplot/check/1", [])
    assert (data["agrees"], data["points"], data["log"], data["causes"]) == (True, 100, str(path), [])
    assert data["skipped"] == [{"update": 10, "updates": 2}, {"update": 510, "updates": 1}]
    assert data["largest"] == pytest.approx(0, abs=1e-15)
    assert data["share"] == pytest.approx(0, abs=1e-12)
    assert data["convention"] == "step N has the value of update N, counted from 0"
    assert (data["unjudged"], data["groups"]) == ([], [])


def test_causes_as_json(run, spec, log):
    checked = run("check", spec(PLAN), "--log", log(rate(STEPS // 4)), "--format", "json")
    data = json.loads(checked.out)
    assert checked.code == 1
    assert (data["agrees"], data["causes"]) == (False, [{"code": "log-clock", "number": 0.25}])
    (finding,) = data["findings"]
    assert (finding["code"], finding["severity"], finding["line"]) == ("log-clock", "warning", 2)


def test_findings_for_github_and_as_sarif(run, spec, log):
    path = log(rate(STEPS) / 2)
    checked = run("check", spec(PLAN), "--log", path, "--format", "github")
    assert checked.code == 1
    assert checked.out.startswith(f"::warning file={path},line=2,col=1,")
    sarif = json.loads(run("check", spec(PLAN), "--log", path, "--format", "sarif").out)
    (result,) = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("log-scaled", "warning")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 2


def test_findings_that_are_ignored(run, spec, log):
    checked = run("check", spec(PLAN), "--log", log(rate(STEPS) / 2), "--ignore", "log-scaled")
    assert checked.code == 0
    assert checked.out.startswith("log does not follow plan")


def test_quiet(run, spec, log):
    checked = run("-q", "check", spec(PLAN), "--log", log(rate(STEPS) / 2))
    assert (checked.code, checked.out, checked.err) == (1, "", "")


def test_settings_and_columns(run, spec, log):
    path = log(rate(STEPS), header="iteration_number,my_rate")
    columns = ("--columns", "step=iteration_number,lr=my_rate")
    assert run("check", spec(PLAN), "--log", path, *columns).code == 0
    assert "log-horizon" in run("check", spec(PLAN), "--log", path, *columns, "--set", "steps=2000").out


def test_a_length_that_the_log_states_is_known(run, spec, tmp_path):
    history = [{"step": step, "learning_rate": value} for step, value in zip(STEPS.tolist(), rate(STEPS), strict=True)]
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"log_history": history, "max_steps": 1000, "global_step": 1000}), encoding="utf-8")
    config = spec(CONFIG, "args.yaml")
    checked = run("check", config, "--log", path)
    assert (checked.code, checked.out.startswith("trainer_state follows args: 100 points")) == (0, True)
    assert lrplot.agree(config, path).agrees


def test_a_length_that_no_log_states_is_missing(run, spec, log):
    checked = run("check", spec(CONFIG, "args.yaml"), "--log", log(rate(STEPS)))
    assert checked.code == 2
    assert "error[missing-fact]" in checked.out


@pytest.mark.parametrize(
    ("content", "words"), [("", "empty"), ("step,loss\n1,2\n2,3\n3,4\n", "rate"), ("no log\n", "log")]
)
def test_a_log_that_cannot_be_read(run, spec, tmp_path, content, words):
    path = tmp_path / "log.csv"
    path.write_text(content, encoding="utf-8")
    checked = run("check", spec(PLAN), "--log", path)
    assert checked.code == 2
    assert "error[" in checked.out
    assert words in checked.out
    assert run("check", spec(PLAN), "--log", tmp_path / "none.csv").code == 2


def test_a_log_and_a_plan_that_cannot_be_compared(run, spec, log):
    path = log(rate(np.arange(7)), header="epoch,lr", steps=np.arange(7))
    checked = run("check", spec(PLAN), "--log", path)
    assert checked.code == 2
    assert "the log counts epochs, and the plan does not say how long one is" in checked.out


def test_wrong_options(run, spec, log):
    path = log(rate(STEPS))
    two = run("check", spec(PLAN), spec(PLAN, "other.yaml"), "--log", path)
    assert two.code == 2
    assert "a log is compared with one spec" in " ".join(two.err.split())
    alone = run("check", spec(PLAN), "--columns", "step=a,lr=b")
    assert alone.code == 2
    assert "`--columns` has no effect without `--log`" in " ".join(alone.err.split())


def test_from_python(spec, log):
    path = log(rate(STEPS // 4))
    plan = spec(PLAN)
    assert lrplot.check(plan, log=path).codes == ("log-clock",)
    found = lrplot.agree(lrplot.load(plan), lrplot.read_log(path))
    assert [(each.code, each.number) for each in found.causes] == [("log-clock", 0.25)]
    assert lrplot.agree(plan, log(rate(STEPS)), "name=other").run == "other"
    with pytest.raises(lrplot.SpecError, match="tokens"):
        lrplot.agree(plan, lrplot.Log("a", "a", "csv", "CSV", "tokens", lrplot.read_log(path).runs))
