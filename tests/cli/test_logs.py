"""Commands on the logs of runs."""

import io
import json
from math import cos, pi

import pytest
from support import Run

import lrplot

STEPS, WARMUP, PEAK = 200, 6, 2e-5
CONFIG = "learning_rate: 2e-5\nlr_scheduler_type: cosine\nwarmup_ratio: 0.03\nper_device_train_batch_size: 4\n"


def rate(step):
    """Hugging Face's cosine with warmup."""
    if step < WARMUP:
        return PEAK * step / WARMUP
    return PEAK * 0.5 * (1 + cos(pi * (step - WARMUP) / (STEPS - WARMUP)))


@pytest.fixture
def run_folder(tmp_path):
    """The folder of a run that logged every tenth update, from version 4.51 on the rate that it used."""
    rows = [{"step": step, "learning_rate": rate(step - 1), "loss": 1.0} for step in range(10, 160, 10)]
    state = {"global_step": 150, "max_steps": STEPS, "num_train_epochs": 2, "log_history": rows}
    (tmp_path / "trainer_state.json").write_text(json.dumps(state, indent=1))
    (tmp_path / "args.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def log(run_folder):
    return run_folder / "trainer_state.json"


def test_a_length_that_a_log_beside_it_states_is_known(run: Run, run_folder):
    page = run("show", run_folder / "args.yaml").out
    assert "200 updates" in page.splitlines()[0]
    assert "trainer_state.json states" in page
    assert lrplot.load(run_folder / "args.yaml").steps == STEPS


def test_a_log_is_shown_by_its_points(run: Run, log):
    page = run("show", log).out
    assert " read as Hugging Face trainer_state.json" in page
    assert " 15 rows from update 10 to 150" in page
    assert page.rstrip().endswith("first 1.999e-5 · peak 1.999e-5 at 10 · last 3.221e-6")


def test_a_folder_that_holds_but_a_log_stands_for_it(run: Run, run_folder):
    (run_folder / "args.yaml").unlink()
    assert run("show", run_folder).out == run("show", run_folder / "trainer_state.json").out


def test_a_folder_with_a_config_and_a_log_is_checked_as_a_whole(run: Run, run_folder):
    result = run("check", run_folder)
    assert result.code == 0
    assert "1 note in 1 of 1 spec\ntrainer_state follows args: 15 points" in result.out


def test_a_plan_and_its_log_are_compared_at_logged_steps(run: Run, run_folder, log):
    result = run("compare", run_folder / "args.yaml", log)
    assert " trainer_state was compared at 15 logged steps\n" in result.out
    table = run_folder / "both.csv"
    assert run("compare", run_folder / "args.yaml", log, "-o", table).code == 0
    assert table.read_text().splitlines()[0] == "step,lr@args,lr@trainer_state"
    assert len(table.read_text().splitlines()) == 16


def test_a_log_is_exported_by_its_rows(run: Run, log):
    lines = run("export", log).out.splitlines()
    assert (lines[0], lines[1], len(lines)) == ("step,lr", f"10,{rate(9)!r}", 16)


def test_a_picture_of_a_plan_and_its_log(run: Run, run_folder, log):
    path = run_folder / "both.svg"
    assert run("plot", run_folder / "args.yaml", log, "-o", path).code == 0
    assert path.read_text().count("<use ") >= 15  # a marker for each point


def test_columns_of_a_table_are_named(run: Run, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("n,eta\n0,0.5\n10,0.25\n")
    result = run("show", path)
    assert (result.code, "error[no-learning-rate]" in result.err) == (2, True)
    assert "first 0.5" in run("show", path, "--columns", "step=n,lr=eta").out
    assert run("export", path, "--columns", "step=n,lr=eta").out == "step,lr\n0,0.5\n10,0.25\n"


def test_a_plan_beside_a_table_whose_columns_are_named_stays_a_plan(run: Run, tmp_path):
    (tmp_path / "plan.yaml").write_text("steps: 20\nlr: 0.5\nschedule: {kind: step, every: 10, gamma: 0.5}\n")
    (tmp_path / "run.txt").write_text("n,eta\n0,0.5\n10,0.25\n")
    result = run("compare", tmp_path / "plan.yaml", tmp_path / "run.txt", "--columns", "step=n,lr=eta", "--json")
    assert (result.code, result.err) == (0, "")
    assert [each["steps"] for each in json.loads(result.out)["runs"]] == [20, 11]


@pytest.mark.parametrize("options", [(), ("--columns", "step=step,lr=lr"), ("--as", "csv")])
def test_a_log_on_standard_input_is_read_by_its_head_its_columns_or_its_format(run: Run, monkeypatch, options):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"step,lr\n0,0.5\n10,0.25\n")))
    assert "first 0.5" in run("show", "-", *options).out


def test_appended_runs_have_a_page_each(run: Run, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("step,lr\n0,0.5\n10,0.25\n20,0.1\n0,0.4\n10,0.2\n")
    page = run("show", path).out
    assert "run, run 1 of 2" in page
    assert "run, run 2 of 2" in page
    assert run("export", path).out.splitlines()[0] == 'step,"lr@run, run 1 of 2","lr@run, run 2 of 2"'


@pytest.mark.parametrize("option", ["--set", "--sweep"])
def test_a_change_of_but_logs_is_refused(run: Run, run_folder, log, option):
    result = run("plot", log, option, "lr=1", "-o", run_folder / "out.svg")
    assert result.code == 2
    assert f"`{option}` changes a spec, and a log has its values already" in result.err
    assert run("compare", run_folder, log, option, "learning_rate=1").code == 0


def test_a_log_in_the_place_of_a_spec_leads_to_the_options(run: Run, log):
    result = run("check", log)
    assert result.code == 2
    assert f"`{log}` is a log, which plans nothing" in result.out
    assert f"`lrplot check SPEC --log {log}`" in result.out


@pytest.mark.parametrize("command", [("at", "0"), ("resume", "--at", "1"), ("fork", "--at", "1"), ("convert",)])
def test_a_log_is_refused_by_commands_that_need_a_plan(run: Run, log, command):
    result = run(command[0], log, *command[1:])
    assert result.code == 2
    assert f"`{log}` is a log, which plans nothing" in result.err


def test_a_file_that_is_neither_is_refused_as_a_spec(run: Run, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("nothing to see\n")
    assert run("show", path).code == 2


def test_schedules_and_logs_are_compared_in_python(run_folder, log):
    found = lrplot.compare(lrplot.load(run_folder / "args.yaml"), lrplot.read_log(log))
    assert found.differences[0][0].compared == 15
