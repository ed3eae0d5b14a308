"""Severities that a finding has on its own, and cures in the unit of the field."""

from __future__ import annotations

import pytest

from lrplot.api import check

COSINE = {"kind": "cosine"}
ZEROS = {"kind": "constant", "value": 0, "for": 100}
HARD = {
    "use": "diffusers.get_cosine_with_hard_restarts_schedule_with_warmup",
    "num_warmup_steps": 0, "num_training_steps": 500, "num_cycles": 3,
}  # fmt: skip


def found(code, schedule, **more):
    """The findings of a code for a run of 1,000 updates."""
    return [each for each in check({"steps": 1000, "lr": 1e-3, "schedule": schedule, **more}) if each.code == code]


@pytest.mark.parametrize(
    ("schedule", "more", "severity"),
    [
        (COSINE, {"lr": 0}, "error"),
        (COSINE, {"groups": {"g": {"lr": 0}}}, "note"),  # frozen on purpose
        (COSINE, {"groups": {"g": {"schedule": {"kind": "constant", "value": 0}}}}, "note"),
        (COSINE, {"lr": 0, "groups": {"head": {"lr": 1e-3}}}, "note"),
        (COSINE, {"groups": {"g": {"schedule": {"kind": "expression", "value": "0 * t"}}}}, "error"),
    ],
)
def test_zero_throughout(schedule, more, severity):
    assert [each.severity for each in found("zero-throughout", schedule, **more)] == [severity]


def test_zeros_at_the_start_are_a_note_if_they_are_written():
    groups = {"backbone": {"lr": 1e-4, "start": 100}}
    assert [each.severity for each in found("zero-updates", COSINE, groups=groups)] == ["note"]
    assert [each.severity for each in found("zero-updates", [ZEROS, COSINE | {"from": 1e-3}])] == ["note"]
    ramp = {"kind": "expression", "value": "base * max(0, t - 100) / 900"}
    assert [each.severity for each in found("zero-updates", ramp)] == ["warning"]


def test_a_run_that_is_mostly_at_0_is_lost():
    assert [each.severity for each in found("ends-early", HARD, steps=2000)] == ["error"]  # 1,500 of 2,000
    assert [each.severity for each in found("ends-early", HARD, steps=900)] == ["warning"]
    tail = {"use": "torch.LambdaLR", "lr_lambda": "max(0, 1 - epoch / 300)"}
    assert [each.severity for each in found("zero-updates", tail)] == ["error"]


def test_a_group_that_stops_learning_for_good_is_an_error():
    groups = {"g": {"schedule": {"kind": "linear", "for": 800}}}
    assert [each.severity for each in found("ends-early", COSINE, groups=groups)] == ["error"]


def test_groups_that_share_a_fault_report_it_once():
    groups = {"a": {"lr": 1e-4}, "b": {"lr": 1e-5}}
    (finding,) = found("cut-short", {"kind": "linear", "for": 2000}, groups=groups)
    assert not finding.message.startswith("group")
    messages = [each.message for each in found("upside-down", COSINE | {"to": 5e-4}, groups=groups)]
    assert messages == ["group `a`: the decay of `cosine` climbs from 1e-4 to 5e-4"]


def test_layers_are_no_findings_of_their_own():
    found_codes = [each.code for each in check(
        {"steps": 1000, "lr": 1e-3, "schedule": {"kind": "linear", "for": 2000},
         "layer_decay": {"layers": 12, "decay": 0.75}}
    )]  # fmt: skip
    assert found_codes == ["cut-short"]


@pytest.mark.parametrize(
    ("code", "schedule", "more", "help"),
    [
        (
            "rises-again", {"use": "torch.CosineAnnealingLR", "T_max": 800}, {},
            "give `T_max: 1_000`; if you want restarts, use `torch.CosineAnnealingWarmRestarts`",
        ),
        (
            "rises-again",
            {"use": "transformers.get_cosine_schedule_with_warmup", "num_warmup_steps": 0, "num_training_steps": 800},
            {},
            "give `num_training_steps: 1_000`; if you want restarts, use "
            "`transformers.get_cosine_with_hard_restarts_schedule_with_warmup`",
        ),
        (
            "rises-again", {"use": "bolts.linear_warmup_decay", "warmup_steps": 0, "total_steps": 800}, {},
            "give `total_steps: 1_000`; if you want restarts, use `cosine_restarts`",
        ),
        (
            "ends-early", [{"kind": "warmup", "for": 100}, {"kind": "linear", "until": "60%"}], {},
            "give `until: 100%`; if the constant part is intended, end with `constant`",
        ),
        (
            "ends-early", [{"kind": "warmup", "for": 100}, {"kind": "linear", "for": 700}], {},
            "give `for: 900`; if the constant part is intended, end with `constant`",
        ),
        (
            "ends-early", {"use": "torch.LinearLR", "start_factor": 1.0, "end_factor": 0.1, "total_iters": 50,
             "interval": "epoch"}, {"steps_per_epoch": 10},
            "give `total_iters: 100`; if the constant part is intended, end with `constant`",
        ),
        (
            "cut-short", {"kind": "cosine", "for": "120 epochs"}, {"steps_per_epoch": 10},
            "give `for: 100 epochs`",
        ),
        (
            "cut-short", {"kind": "cosine", "for": "5M tokens"}, {"tokens_per_step": 4000},
            "give `for: 4M tokens`",
        ),
        (
            "cut-short", {"use": "torch.CosineAnnealingLR", "T_max": 120, "interval": "epoch"}, {"steps_per_epoch": 10},
            "give `T_max: 100`",
        ),
        (
            "cut-short", {"use": "mmengine.CosineAnnealingLR", "T_max": 120, "convert_to_iter_based": True},
            {"steps_per_epoch": 10},
            "give `T_max: 100`",
        ),
        (
            "cut-short", {"use": "composer.CosineAnnealingScheduler", "t_max": "3000ba"}, {"steps_per_epoch": 10},
            "let it end after 1,000 updates",
        ),
        (
            "incomplete-restart", {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 10, "T_mult": 2},
            {"steps": None, "epochs": 200},
            "end the run with a cycle: cycles end after 10, 30, 70, 150, 310 epochs",
        ),
        (
            "incomplete-restart", {"kind": "cosine_restarts", "period": 30}, {},
            "end the run with a cycle: cycles end after 990, 1,020 updates",
        ),
        (
            "incomplete-restart",
            {"use": "pytorch_optimizer.CosineAnnealingWarmupRestarts", "first_cycle_steps": 100, "warmup_steps": 10,
             "cycle_mult": 1.5},
            {},
            # cosines of 90, 135, 202, 303, 454 steps, each after a warmup of 10
            "end the run with a cycle: cycles end after 100, 245, 457, 770, 1,234 updates",
        ),
    ],
)  # fmt: skip
def test_cures_name_the_value_in_the_unit_of_the_field(code, schedule, more, help):
    spec = {"steps": 1000, "lr": 1e-3, "schedule": schedule, **more}
    findings = check({key: value for key, value in spec.items() if value is not None})
    assert [each.help for each in findings if each.code == code] == [help]


def test_a_cut_is_counted_in_the_unit_of_the_field():
    (finding,) = found("cut-short", {"kind": "cosine", "for": "5M tokens"}, tokens_per_step=4000)
    assert finding.message.startswith("`cosine` is cut by the run's end after 4M of 5M tokens: ")


def test_a_group_with_its_own_weight_decay_repeats_no_finding_of_the_learning_rate():
    spec = {
        "steps": 1000,
        "lr": 0.1,
        "weight_decay": 1e-4,
        "schedule": {"kind": "cosine", "warmup": 10},
        "groups": {"bn": {"weight_decay": 0}, "slow": {"lr": 0.01, "weight_decay": 0}},
    }
    assert check(spec).codes == ("zero-first-update",)
