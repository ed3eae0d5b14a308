"""Mechanical cures: what they write, and when they are not written."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest

import lrplot
from lrplot import SpecError
from lrplot.analysis.checks.fixing import Fixed, Looked, fixed
from lrplot.diagnostics import Diagnostic, Fix, Source

RUN = "steps: 1000\nlr: 1e-3\n"

CURED = {
    "a horizon that is cut short": ("schedule: {kind: linear, for: 1250}", "schedule: {kind: linear, for: 1000}"),
    "one that ends early, in the manner of its number": (
        "schedule: {use: torch.PolynomialLR, total_iters: 0_500}",
        "schedule: {use: torch.PolynomialLR, total_iters: 1_000}",
    ),
    "one past which a cosine rises again": (
        "schedule:\n  use: torch.CosineAnnealingLR\n  T_max: 500  # half\n",
        "schedule:\n  use: torch.CosineAnnealingLR\n  T_max: 1000  # half\n",
    ),
    "one that raises": (
        "schedule: {use: torch.OneCycleLR, max_lr: 1, total_steps: 900}",
        "schedule: {use: torch.OneCycleLR, max_lr: 1, total_steps: 1000}",
    ),
    "one after a warmup": (
        "schedule: [{kind: warmup, for: 100, from: 1%}, {kind: cosine, for: 10k}]",
        "schedule: [{kind: warmup, for: 100, from: 1%}, {kind: cosine, for: 900}]",
    ),
    "epochs that count updates": (
        "steps_per_epoch: 100\nschedule: {kind: cosine, for: 10}",
        "steps_per_epoch: 100\nschedule: {kind: cosine, for: 10 epochs}",
    ),
    "batches": (
        "per_device_batch_size: 8\naccumulate: 4\nschedule: {use: torch.CosineAnnealingLR, T_max: 4000}",
        "per_device_batch_size: 8\naccumulate: 4\nschedule: {use: torch.CosineAnnealingLR, T_max: 1000}",
    ),
    "a warmup that starts at 0": (
        "schedule: {kind: cosine, warmup: 5%}",
        "schedule: {kind: cosine, warmup: {for: 5%, skip_zero: true}}",
    ),
    "one that is spelled out": (
        "schedule:\n  kind: cosine\n  warmup:\n    shape: cosine  # smooth\n    for: 50\n",
        "schedule:\n  kind: cosine\n  warmup:\n    shape: cosine  # smooth\n    for: 50\n    skip_zero: true\n",
    ),
    "one that denies it": (
        "schedule: {kind: cosine, warmup: {skip_zero: False, for: 50}}",
        "schedule: {kind: cosine, warmup: {skip_zero: true, for: 50}}",
    ),
    "a phase of its own": (
        "schedule: [{kind: warmup, for: 50}, cosine]",
        "schedule: [{kind: warmup, for: 50, skip_zero: true}, cosine]",
    ),
    "a misspelt field": (
        "schedule: {kind: linear, wamup: {for: 9, from: 1%}}",
        "schedule: {kind: linear, warmup: {for: 9, from: 1%}}",
    ),
    "a misspelt kind": ('schedule: "cosin"', 'schedule: "cosine"'),
    "a misspelt scheduler": (
        "schedule: {use: torch.optim.lr_scheduler.ConstnatLR}",
        "schedule: {use: torch.optim.lr_scheduler.ConstantLR}",
    ),
    "a misspelt choice": (
        "schedule: {kind: linear, warmup: {for: 9, from: 1%, shape: cosnie}}",
        "schedule: {kind: linear, warmup: {for: 9, from: 1%, shape: cosine}}",
    ),
    "a number in quotes": ("schedule: {kind: linear, to: '1e-5'}", "schedule: {kind: linear, to: 1e-5}"),
    "several, one behind the other": ("schedule: {kind: liner, fors: 1250}", "schedule: {kind: linear, for: 1000}"),
    "a misspelt code, which spares what it accepts": (
        "schedule: {kind: linear, for: 1250}\naccept: {cut-shrot: it goes on}",
        "schedule: {kind: linear, for: 1250}\naccept: {cut-short: it goes on}",
    ),
    "a code that is not found": ("schedule: cosine\naccept: {cut-short: it goes on}", "schedule: cosine"),
}  # fmt: skip

LEFT = {
    "a number that several places share": "schedule: {use: torch.CosineAnnealingLR, T_max: &half 500}",
    "a warmup that several places share": "schedule: cosine\n"
    "groups: {a: {schedule: &s {kind: cosine, warmup: 9}}, b: {schedule: *s}}",
    "a horizon with a unit": "steps_per_epoch: 100\nschedule: {kind: linear, for: 12 epochs}",
    "a share": "schedule: {kind: linear, for: 150%}",
    "a unit that is one of two": "steps_per_epoch: 100\nschedule: {use: torch.CosineAnnealingLR, T_max: 10}",
    "a warmup of a framework": "schedule: {use: transformers.linear, num_warmup_steps: 50, num_training_steps: 1000}",
    "a name that may be one of two": "schedule: {kind: linear, form: 1e-3}",
    "a name that is far from any": "schedule: {kind: linear, floor: 0}",
    "a number in quotes that JSON lacks": "schedule: {kind: linear, to: '1.e-5'}",
    "another program's name": "schedule: {kind: linear, eta_min: 0}",
}


@pytest.mark.parametrize(("before", "after"), CURED.values(), ids=CURED)
def test_cures_are_written(spec, before, after):
    path = spec(RUN + before + "\n" if not before.endswith("\n") else RUN + before)
    found = lrplot.fix(path)
    assert found.after == RUN + after.removesuffix("\n") + "\n"
    assert found.file == str(path)
    assert found.cured
    assert found.refused == ()
    assert not found.bad
    assert path.read_text(encoding="utf-8") == found.before
    again = spec(found.after)
    assert lrplot.fix(again).cured == ()
    assert not {each.code for each in found.cured} & {*lrplot.check(again).codes}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_certain_is_left(spec, text):
    found = lrplot.fix(spec(f"{RUN}{text}\n"))
    assert found.after == found.before
    assert found.left
    assert (found.cured, found.refused) == ((), ())


def test_a_config_of_a_program_is_cured_at_its_own_key(spec):
    text = dedent("""\
        #!/bin/bash
        ITERS=500_000
        torchrun pretrain_gpt.py --train-iters ${ITERS} --lr 1e-4 --min-lr 1e-5 --lr-decay-style cosine \\
            --lr-decay-iters 320000 --lr-warmup-iters 0 --global-batch-size 64 --micro-batch-size 4
    """)
    found = lrplot.fix(spec(text, "train.sh"))
    assert found.after == text.replace("320000", "500000")


MEGATRON = (
    "torchrun pretrain_gpt.py --train-iters 500000 --lr 1e-4 --lr-decay-style cosine {} --lr-warmup-iters 0 "
    "--global-batch-size 64 --micro-batch-size 4\n"
)


@pytest.mark.parametrize(
    ("assigned", "used"),
    [
        ("D=320000", "--lr-decay-iters $D"),
        ('A="--lr-decay-iters 320000"', "$A"),
        ("A=(--lr-decay-iters 320000\n  --bf16)", '"${A[@]}"'),
    ],
)
def test_a_variable_of_a_shell_is_changed_only_if_it_has_one_use(spec, assigned, used):
    text = f"{assigned}\n{MEGATRON.format(used)}"
    assert lrplot.fix(spec(text, "train.sh")).after == text.replace("320000", "500000")
    found = lrplot.fix(spec(f"{text}python eval.py {used}\n", "train.sh"))
    assert [each.reason for each in found.refused] == [f"other places use `{assigned[0]}`"]
    assert not found.cured


def test_the_last_of_a_repeated_flag_is_the_one_that_is_cured(spec):
    text = MEGATRON.format("--lr-decay-iters 100000 --lr-decay-iters 320000")
    assert lrplot.fix(spec(text, "train.sh")).after == text.replace("320000", "500000")


TRAINER = (
    "max_steps: 1_000\nlearning_rate: 2e-5\nlr_scheduler_type: cosine\nper_device_train_batch_size: 16\n"
    "output_dir: {}\nwarmup_raito: 0.1\n"
)


def test_a_key_that_other_places_use_is_not_renamed(spec):
    found = lrplot.fix(spec(TRAINER.format("run-${warmup_raito}")))
    assert [each.reason for each in found.refused] == ["other places use `warmup_raito`"]


def test_no_fix_chooses_between_two_misspellings_of_a_key(spec):
    found = lrplot.fix(spec(f"{TRAINER.format('out')}warmup_rtaio: 0.2\n"))
    assert found.after == found.before
    assert [each.code for each in found.left].count("near-miss") == 2


def test_a_near_miss_is_written_as_the_program_has_it(spec):
    text = "max_steps: 1_000\nlearning_rate: 2e-5\nlr_scheduler_type: cosine\nwarmup_raito: 0.1  # a tenth\n"
    found = lrplot.fix(spec(text + "per_device_train_batch_size: 16\noutput_dir: out\nlr_scheduler: linear\n"))
    assert "warmup_ratio: 0.1  # a tenth\n" in found.after
    assert [each.code for each in found.cured] == ["near-miss"]


def test_a_mapping_has_findings_without_fixes():
    mapping = {"steps": 1000, "lr": 1, "accept": {"ends-early": "x"}}
    found = lrplot.check(mapping | {"schedule": {"kind": "linear", "warmup": 9, "for": 1250}})
    assert {*found.codes} == {"zero-first-update", "cut-short", "accepted-for-nothing"}
    assert [each.fix for each in found] == [None, None, None]


def test_only_what_is_selected_is_cured(spec):
    path = spec(f"{RUN}schedule: {{kind: linear, warmup: 100, for: 1250}}\n")
    assert lrplot.fix(path, select={"cut-short"}).after == path.read_text().replace("1250", "1000")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.json", '{"steps": 1000, "steps_per_epoch": 100, "lr": 1, "schedule": {"kind": "linear", "for": 10}}'),
        ("run.toml", 'steps = 1000\nsteps_per_epoch = 100\nlr = 1\n[schedule]\nkind = "linear"\nfor = 10\n'),
    ],
)
def test_json_and_toml_stay_what_they_are(spec, name, text):
    assert lrplot.fix(spec(text, name)).after == text.replace('for": 10}', 'for": "10 epochs"}').replace(
        "for = 10\n", 'for = "10 epochs"\n'
    )


def test_a_cure_that_leads_to_another_fault_is_refused(spec):
    found = lrplot.fix(spec(f"{RUN}schedule: {{kind: cosin, period: 3}}\n"))
    (refused,) = found.refused
    assert refused.reason == "then something else is wrong: `cosine` has no field `period`"
    assert found.bad


def test_a_base_that_other_configs_share_is_not_changed(tmp_path):
    base = tmp_path / "base.py"
    base.write_text(
        "train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=12)\n"
        "optim_wrapper = dict(optimizer=dict(lr=0.1))\n"
        "param_scheduler = [dict(type='CosineAnnealingLR', T_max=6, by_epoch=True)]\n"
    )
    path = tmp_path / "run.py"
    path.write_text("_base_ = ['base.py']\n")
    found = lrplot.fix(path)
    assert found.after == found.before
    assert [each.reason for each in found.refused] == [f"it would change `{base}`"]


def test_a_setting_may_give_only_what_the_file_leaves_open(spec):
    path = spec("max_steps: 1000\nlearning_rate: 2e-5\nlr_scheduler_type: cosine\noutput_dir: out\n")
    assert lrplot.fix(path, ["devices=8"]).cured == ()
    for settings in (["max_steps=5"], ["lr_scheduler_type=linear"]):
        assert [each.code for each in lrplot.fix(path, settings).left] == ["bad-override"]
    assert lrplot.fix(spec(f"{RUN}schedule: cosine\n"), ["epochs=3"]).bad


def test_a_file_that_cannot_be_read_raises(tmp_path):
    with pytest.raises(SpecError):
        lrplot.fix(tmp_path / "none.yaml")


# A language of one line for the loop: each `x` is a finding, whose fix replaces it.
def look(text: str, new: str = "", steps: int | None = 9) -> Looked:
    source = Source("a", text)
    found = [
        Diagnostic("x", f"at {index} of {len(text)}", fix=Fix(source, index, index + 1, new))
        for index, letter in enumerate(text)
        if letter == "x"
    ]
    return Looked(tuple(found), steps)


def test_fixes_that_touch_are_applied_in_one_pass_after_the_other():
    found = fixed("xx-x", "a", look)
    assert found.after == "-"
    assert len(found.cured) == 3


def test_a_fix_that_cures_nothing_ends_the_loop():
    found = fixed("x", "a", lambda text: look(text, "x"))
    assert found == Fixed("a", "x", "x", (), found.left, found.refused)
    assert [each.reason for each in found.refused] == ["the finding would still be there"]


def test_a_cure_that_would_not_load_is_refused():
    def strict(text: str) -> Looked:
        return look(text, "y") if "y" not in text else Looked((Diagnostic("syntax", "no `y`"),))

    assert [each.reason for each in fixed("x", "a", strict).refused] == ["the spec would not load: no `y`"]


def test_a_fix_that_changes_the_length_of_the_run_is_refused():
    found = fixed("x", "a", lambda text: replace(look(text, "y"), steps=9 if "x" in text else 8))
    assert [each.reason for each in found.refused] == ["the run would have 8 updates in place of 9"]


def test_of_two_fixes_that_are_unsound_together_one_is_kept():
    def either(text: str) -> Looked:
        found = look(text, "y")
        return replace(found, findings=(*found.findings, *[Diagnostic("two", "two of them")] * (text == "y-y")))

    found = fixed("x-x", "a", either)
    assert found.after == "y-x"
    assert [each.reason for each in found.refused] == ["then something else is wrong: two of them"]
