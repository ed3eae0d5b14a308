"""`lrplot theory`."""

import json
from pathlib import Path

import pytest
from support import Run

SPECS = ("cosine", "wsd", "inverse_sqrt", "inverse_time")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("ascii", [(), ("--ascii",)])
def test_page_fits_the_width(run: Run, width, ascii):
    result = run("theory", *SPECS, "--width", width, "--set", "weight_decay=0.1", "--batch", "x4", *ascii)
    assert result.code == 0
    assert max(map(len, result.out.splitlines())) <= width
    assert "?" not in result.out


def test_each_topic_has_its_assumption_and_source(run: Run):
    sections = run("theory", "cosine", "--set", "weight_decay=0.1", "--width", 80).out.split("\n\n")
    assert [section.split("  ")[0].strip() for section in sections] == [
        "LR mass", "Convex bound", "Noise floor", "AdamW", "Adam's first updates", "Robbins–Monro",
    ]  # fmt: skip
    assert all("assumes: " in section and "source: " in section for section in sections)


def test_columns_have_the_figures_of_each_spec(run: Run):
    out = run("theory", "cosine", "inverse_time", "--width", 120).out
    rows = {line[:30].strip(): line[30:].split() for line in out.splitlines()}
    assert rows["mean / peak"][0] == "0.547"
    assert rows["half of it spent at"][0] == "3,131"
    assert rows["continued for ever"] == ["no", "answer:", "it", "ends", "both", "hold"]


def test_groups_are_not_judged(run: Run):
    assert "groups and layers: only the run's own learning rate is judged" in run("theory", "layer_decay").out
    assert "only the run's own" not in run("theory", "cosine").out


def test_missing_weight_decay_is_named(run: Run):
    assert "needs a weight decay, such as `--set weight_decay=0.1`" in run("theory", "cosine").out


def test_specs_without_weight_decay_have_no_number(run: Run, spec):
    bare = spec("steps: 100\nlr: 1\nschedule: linear\n")
    decayed = spec("steps: 100\nlr: 1\nweight_decay: 0.1\nschedule: linear\n", "decayed.yaml")
    (line,) = [line for line in run("theory", bare, decayed).out.splitlines() if "time scale at the peak" in line]
    assert line.split()[-2:] == ["–", "10"]


def test_sweeps_have_a_column_each(run: Run):
    assert "to=10%" in run("theory", "cosine", "--sweep", "schedule.to=10%,20%", "--width", 100).out


def test_long_runs_are_marked_as_sampled(run: Run):
    out = run("theory", "cosine", "--set", "steps=1B").out
    assert "about 0." in out
    assert "about: taken from a sample of the updates" in out


def test_json_has_the_names_of_the_contract(run: Run):
    data = json.loads(run("theory", "cosine", "inverse_sqrt", "--set", "weight_decay=0.1", "--json").out)
    assert data["format"] == "lrplot/theory/1"
    first, second = data["runs"]
    assert {
        "mass", "half_mass_step", "bound_ratio", "peak_ratio", "adamw_timescale", "initial_weights_left",
        "robbins_monro",
    } <= first.keys()  # fmt: skip
    assert first["robbins_monro"] == {
        "endless": False, "sum_diverges": None, "squares_converge": None, "both": None, "verdict": "no answer: it ends",
    }  # fmt: skip
    assert second["robbins_monro"]["both"] is False
    named = [figure for topic in data["topics"] for figure in topic["figures"]]
    assert set(named) <= first.keys()


def test_both_rules_for_another_batch(run: Run):
    out = run("theory", "resnet50", "--batch", "x4", "--width", 80).out
    batch, linear, root, *_ = out.split("\n\n")
    for section, title in ((batch, "Batch"), (linear, "Linear rule, for SGD"), (root, "Square-root rule, for Adam")):
        assert section.startswith(f" {title}")
        assert "assumes: " in section
        assert "source: " in section
    rows = {line[:30].strip(): line[30:].strip() for line in (batch + linear + root).splitlines()}
    assert (rows["samples per update"], rows["rule for its optimizer"]) == ("1,024", "linear")
    assert rows["peak, far below noise scale"] == "0.4"
    assert (rows["peak"], rows["β₁"], rows["β₂"], rows["eps"]) == ("0.2", "0.6", "0.996", "0.5×")


def test_where_the_square_root_rule_has_ended(run: Run):
    rows = {line[:30].strip(): line[30:].strip() for line in run("theory", "cosine", "--batch", "×20").out.splitlines()}
    assert (rows["peak"], rows["β₁"], rows["the rule ends at"]) == ("–", "–", "10×")
    assert rows["rule for its optimizer"] == "not stated"


def test_figures_of_adam_are_left_out_for_sgd(run: Run):
    out = run("theory", "resnet50", "--width", 80).out  # its spec has `momentum` and a weight decay
    assert " AdamW\n says nothing about SGD\n" in out
    assert " Adam's first updates\n says nothing about SGD\n" in out
    assert "says nothing about SGD" not in run("theory", "cosine", "resnet50", "--width", 120).out


def test_a_size_in_the_unit_of_the_spec_is_proposed(run: Run):
    err = run("theory", "gpt3_13b", "--batch", "1024").err
    assert "help: write a factor such as `x4`, or a size in tokens, or add `--set batch_size=256`" in err


def test_json_of_another_batch(run: Run):
    data = json.loads(run("theory", "roberta_base", "--batch", "32_768", "--set", "beta2=0.98", "--json").out)
    batch = data["runs"][0]["batch"]
    assert (batch["factor"], batch["rule"], batch["linear_lr"]) == (4, "square root", 2.4e-3)
    named = [figure for topic in data["topics"][-3:] for figure in topic["figures"]]
    assert set(named) == batch.keys()
    alone = json.loads(run("theory", "roberta_base", "--json").out)
    assert alone["runs"][0]["batch"] is None
    assert len(alone["topics"]) == len(data["topics"]) - 3


def test_no_batch_is_a_fault_of_the_option(run: Run):
    result = run("theory", "cosine", "--batch", "huge")
    assert result.code == 2
    assert "error[bad-option]: `huge` is no batch\n --> command line:1:" in result.err
    assert "help: write a factor such as `x4`" in result.err


def test_a_batch_is_not_drawn(run: Run, tmp_path):
    result = run("theory", "cosine", "--batch", "x4", "-o", tmp_path / "x.png")
    assert result.code == 2
    assert "`--batch` has no effect beside `--output`" in result.err


def test_verdicts_of_the_conditions(run: Run, spec):
    def verdict(schedule):
        return run("theory", spec(f"steps: 10\nlr: 1\nschedule: {schedule}\n")).out

    assert "Σ lr < ∞" in verdict("{kind: step, every: 2, gamma: 0.5}")
    assert "not decided" in verdict('{kind: expression, value: "1/(t+1)"}')


def test_comparisons_have_the_bound(run: Run):
    out = run("compare", "cosine", "wsd", "--width", 80).out
    assert "convex bound / linear's                   1.115                1.067" in out
    data = json.loads(run("compare", "cosine", "wsd", "--json").out)
    assert [round(each["bound_ratio"], 3) for each in data["runs"]] == [1.115, 1.067]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_picture(run: Run, tmp_path, suffix):
    target = tmp_path / f"tuned.{suffix}"
    result = run("theory", "cosine", "one_cycle", "-o", target)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert target.stat().st_size > 1_000


def test_picture_names_each_bound(run: Run, tmp_path):
    target = tmp_path / "tuned.svg"
    run("theory", "cosine", "-o", target)
    text = target.read_text(encoding="utf-8")
    for label in ("Cosine with warmup: 1.115", "linear decay: 1", "rate / peak of the linear decay"):
        assert label in text


def test_no_picture_without_a_bound(run: Run, spec, tmp_path):
    path = spec("steps: 10\nlr: 0\nschedule: constant\n")
    assert "has no tuned peak" in run("theory", path, "-o", tmp_path / "x.png").err
    assert "needs a learning rate that is never below 0" in run("theory", path, "--width", 100).out


CURVES = Path(__file__).parents[3] / "gallery" / "specs" / "logs" / "losses" / "100M"
TRIED = ("--set", "lr=3e-4", "--from")


@pytest.mark.parametrize("width", [40, 80])
def test_losses_stand_before_the_other_topics(run: Run, width):
    result = run("theory", "wsd", "cosine", *TRIED, CURVES / "wsdcon_9.csv", "--width", width)
    assert result.code == 0
    assert result.out.split("  ")[0].strip() == "Loss"
    assert max(map(len, result.out.splitlines())) <= width
    assert "wsdcon_9" in result.out
    assert "2,176" in result.out.split("\n\n")[-1]  # the notes


def test_a_run_of_another_peak_has_a_note(run: Run):
    out = run("theory", "wsd", "cosine", "--from", CURVES / "wsdcon_9.csv", "--width", 200).out
    assert "Warmup–stable–decay: no loss is predicted: its peak is 1e-3, that of wsdcon_9 3e-4" in out
    assert out.splitlines()[1].split()[-1] != "–"  # the preset `cosine` has the log's peak


def test_law_and_losses_as_json(run: Run):
    data = json.loads(run("theory", "cosine", *TRIED, CURVES / "wsdcon_9.csv", "--json").out)
    assert data["topics"][0]["figures"] == ["final_loss"]
    assert data["law"]["log"] == "wsdcon_9"
    assert data["law"]["decay"] == 0.999
    assert 2.9 < data["runs"][0]["final_loss"] < 3.3


def test_losses_are_drawn_over_the_log(run: Run, tmp_path):
    assert run("theory", "cosine", *TRIED, CURVES / "wsdcon_9.csv", "-o", tmp_path / "loss.svg").code == 0
    drawn = (tmp_path / "loss.svg").read_text()
    assert "Predicted losses" in drawn
    assert "wsdcon_9, as logged" in drawn


def test_a_picture_needs_a_prediction_for_each_run(run: Run, tmp_path):
    result = run("theory", "wsd", "--from", CURVES / "wsdcon_9.csv", "-o", tmp_path / "loss.svg")
    assert result.code == 2
    assert "no loss is predicted" in result.err


def test_a_log_that_settles_no_law_ends_with_2(run: Run):
    result = run("theory", "cosine", "--from", CURVES / "constant_24000.csv")
    assert (result.code, result.out) == (2, "")
    assert "its cooldown is not finished" in result.err


def test_columns_need_a_log(run: Run):
    result = run("theory", "cosine", "--columns", "loss=val")
    assert result.code == 2
    assert "`--columns` has no effect without `--from`" in result.err
