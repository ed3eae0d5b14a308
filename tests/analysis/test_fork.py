"""Cooldown branches: their values, lengths and specs."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from support import log_of, points

import lrplot
from lrplot.analysis.fork import fork_of
from lrplot.curves.curve import Flat
from lrplot.diagnostics import Fault
from lrplot.runs.logged import runs_of
from lrplot.schema.scalars import read_duration

TRUNK = {"steps": 1_000, "lr": 2e-3, "schedule": {"kind": "wsd", "warmup": 100, "cooldown": 200}}


def branches(schedule, at, steps=1_000, lr=2e-3, **options):
    more = options.pop("more", {})
    return lrplot.fork({"steps": steps, "lr": lr, "schedule": schedule, **more}, at, **options).branches


def test_a_cooldown_in_percent_is_a_share_of_the_branch():
    found = lrplot.fork(TRUNK, [400, "80%"], "20%")
    assert [(each.at, each.cooldown, each.steps) for each in found.branches] == [(400, 100, 500), (800, 200, 1_000)]
    assert found.trained == 800 + 100 + 200
    assert found.separate == 500 + 1_000
    assert [each.rate for each in found.branches] == [2e-3, 2e-3]


@pytest.mark.parametrize(("cooldown", "updates"), [("50", 50), ("0.5 epochs", 100), ("2k tokens", 20), ("0.1%", 1)])
def test_a_cooldown_may_be_given_in_any_unit(cooldown, updates):
    more = {"steps_per_epoch": 200, "tokens_per_step": 100}
    [branch] = branches("constant", [500], cooldown=cooldown, more=more)
    assert branch.cooldown == updates
    assert (branch.tokens, branch.shared_tokens) == (100 * (500 + updates), 50_000)


def test_branches_are_in_order_and_none_is_there_twice():
    assert [each.at for each in branches("constant", [300, 100, 300])] == [100, 300]


def test_tokens_are_none_if_they_are_not_known():
    [branch] = branches("constant", [500])
    assert branch.tokens is branch.shared_tokens is None


@pytest.mark.parametrize(
    ("shape", "share"),
    [("linear", 1 - 0.5), ("cosine", (1 + np.cos(np.pi / 2)) / 2), ("sqrt", 1 - np.sqrt(0.5))],
)
def test_the_cooldown_leads_from_the_rate_of_the_trunk_to_its_end(shape, share):
    [branch] = branches("constant", [400], shape=shape, to="10%")
    rates = lrplot.load(branch.spec).lr
    assert rates[400] == 2e-3
    assert rates[450] == pytest.approx(2e-4 + (2e-3 - 2e-4) * share, rel=1e-12)


def test_an_exponential_cooldown_leads_to_a_rate_above_zero():
    [branch] = branches("constant", [400], shape="exponential", to=2e-5)
    assert lrplot.load(branch.spec)(450) == pytest.approx(2e-4, rel=1e-12)


SHAPES = ("linear", "cosine", "sqrt", "exponential")


@pytest.mark.parametrize(
    "schedule",
    [
        "constant",
        TRUNK["schedule"],
        *({"kind": "constant", "warmup": {"for": 100, "from": 1e-5, "shape": shape}} for shape in SHAPES),
        [{"kind": "warmup", "for": 100, "skip_zero": True}, "constant"],
        [
            {"kind": "warmup", "for": 100, "to": 1e-3},
            {"kind": "constant", "for": 100},
            {"kind": "constant", "value": 3e-3},
        ],
        [{"kind": "linear", "for": 100, "to": "50%", "inclusive": True}, "constant"],
        [{"kind": "cosine", "for": 100, "to": "50%"}, {"kind": "warmup", "for": 100}, "constant"],
        [{"kind": "exponential", "to": "50%", "for": 100}],
        {"kind": "inverse_sqrt", "timescale": 100, "warmup": 100},
        {"kind": "inverse_time", "rate": 0.3, "every": 7},
        {"kind": "power_law", "rate": 0.3, "every": 7, "exponent": 0.7},
        {"kind": "step", "every": 150, "gamma": 0.5},
        {"kind": "exponential", "gamma": 0.5, "every": 150},
        {"kind": "exponential", "rate": 0.001},
        {"kind": "multistep", "milestones": [150, 350, 700], "gamma": 0.5},
        {"use": "torch.StepLR", "step_size": 150},
        {"use": "torch.LambdaLR", "lr_lambda": "0.5"},
        {"use": "transformers.get_constant_schedule_with_warmup", "num_warmup_steps": 100},
        {"use": "transformers.Trainer", "lr_scheduler_type": "constant_with_warmup", "warmup_steps": 100},
        {
            "use": "transformers.Trainer",
            "lr_scheduler_type": "warmup_stable_decay",
            "warmup_steps": 100,
            "lr_scheduler_kwargs": {"num_decay_steps": 200, "warmup_type": "cosine"},
        },
    ],
)
def test_a_branch_has_the_values_of_its_trunk_and_passes_the_check(schedule):
    trunk = {"steps": 1_000, "lr": 2e-3, "schedule": schedule}
    [branch] = branches(schedule, [600], cooldown="150")
    own = lrplot.load(branch.spec)
    np.testing.assert_allclose(own.lr[:600], lrplot.load(trunk).lr[:600], rtol=1e-12)
    assert own.steps == 750
    assert (np.diff(own.lr[600:]) < 0).all()
    assert all(finding.severity == "note" for finding in lrplot.check(branch.spec))


def test_a_long_trunk_is_followed():
    [branch] = branches({"kind": "constant", "warmup": 2_000}, [800_000], steps=1_000_000)
    assert branch.steps == 1_000_000
    assert lrplot.load(branch.spec)(700_000) == 2e-3


def test_a_warmup_of_a_framework_cannot_be_cut():
    schedule = {"use": "transformers.Trainer", "lr_scheduler_type": "constant_with_warmup", "warmup_steps": 100}
    with pytest.raises(lrplot.SpecError, match="update 50 would cut the phase"):
        branches(schedule, [50])


def test_a_branch_as_text_is_the_same_run(tmp_path):
    [branch] = branches("constant", [500], more={"name": "a: b", "source": "# c"}, to="10%")
    path = tmp_path / "branch.yaml"
    path.write_text(branch.text, encoding="utf-8")
    assert lrplot.load(path).name == "a: b, cooldown at 500"
    np.testing.assert_array_equal(lrplot.load(path).lr, lrplot.load(branch.spec).lr)


def test_a_branch_keeps_sources_conversions_and_constant_parameters():
    more = {"source": "a paper", "tokens_per_step": 4096, "weight_decay": 0.1, "beta2": 0.95}
    [branch] = branches("constant", [500], more=more)
    assert {key: branch.spec[key] for key in more} == more
    assert "epochs" not in branch.spec


def test_a_trunk_in_epochs_becomes_a_branch_in_updates():
    spec = {"epochs": 10, "steps_per_epoch": 100, "lr": 1, "schedule": "constant"}
    [branch] = lrplot.fork(spec, ["5 epochs"]).branches
    assert (branch.spec["steps"], branch.spec["steps_per_epoch"]) == (625, 100)


def test_a_fork_at_the_end_extends_the_trunk():
    [branch] = branches("constant", [1_000])
    assert branch.steps == 1_250


def test_the_end_of_a_trunk_that_held_its_last_value_can_be_branched_off():
    [branch] = branches([{"kind": "linear", "for": 100, "to": 1e-3}], [600])
    assert branch.spec["schedule"][1] == {"kind": "constant", "for": 500}


@pytest.mark.parametrize(
    ("schedule", "at", "options", "message"),
    [
        (TRUNK["schedule"], 50, {}, "update 50 would cut the phase `warmup`, from 0 to 100"),
        (TRUNK["schedule"], 900, {}, "update 900 would cut the phase `cooldown`, from 800 to 1,000"),
        ("cosine", 500, {}, "update 500 would cut the phase `cosine`"),
        ("constant", 1_001, {}, "has no update 1,001 to branch off before"),
        ("constant", 0, {}, "has no update 0 to branch off before"),
        ("constant", 500, {"cooldown": "100%"}, "more than 0% and less than 100% of its branch"),
        ("constant", 500, {"cooldown": "0"}, "a cooldown takes at least one update"),
        ("constant", 500, {"cooldown": "soon"}, "`soon` is not a duration"),
        ("constant", 500, {"shape": "steep"}, "the shape of a cooldown is `linear`"),
        ("constant", 500, {"to": "low"}, "`to`"),
        ([{"kind": "polynomial", "for": 100, "to": 1e-3}, "constant"], 500, {}, "a branch cannot take over the phase"),
        ({"kind": "step", "every": 2, "gamma": 0.9, "min": 1e-3}, 500, {}, "the phase `step`"),
        ("constant", 500, {"more": {"groups": {"head": {"lr": 1}}}}, "has groups, which a branch cannot take over"),
        ("constant", 500, {"more": {"momentum": {"kind": "linear", "from": 0.9, "to": 0.8}}}, "of their own"),
    ],
)
def test_what_cannot_be_branched_off_is_refused(schedule, at, options, message):
    with pytest.raises(lrplot.SpecError, match=message):
        branches(schedule, [at], **options)


def test_a_schedule_with_another_clock_is_refused():
    spec = {"steps": 100, "lr": 1, "schedule": {"kind": "inverse_time", "rate": 1, "every": 1}}
    clock = {"interval": "epoch", "steps_per_epoch": 10}
    with pytest.raises(lrplot.SpecError, match="would cut the phase"):
        lrplot.fork({**spec, **clock}, [50])


@dataclass(eq=False)
class Drifting(Flat):
    """A curve that says it is flat, and is not."""

    def values(self, t):
        return self.value * (1 + t / 100)


def test_a_branch_that_would_differ_from_its_trunk_is_refused():
    run = lrplot.load({"steps": 10, "lr": 1, "schedule": "constant"}).run
    odd = replace(run, tracks={"lr": replace(run.lr, curve=Drifting(10, 1.0))})
    with pytest.raises(Fault, match="a branch would differ at update 1"):
        fork_of(odd, [5], read_duration("20%"))


def test_logs_are_refused():
    (run,) = runs_of(log_of(points([0, 10], [1.0, 0.5])))
    with pytest.raises(Fault, match="a log has no schedule"):
        fork_of(run, [5], None)


TRUNKS = {
    "constant": {"kind": "constant", "warmup": 100},
    "wsd": {"kind": "wsd", "warmup": 100, "cooldown": 200},
    "inverse square root": {"kind": "inverse_sqrt", "warmup": 100},
    "of a framework": {"use": "transformers.get_wsd_schedule", "num_warmup_steps": 100, "num_decay_steps": 200,
                       "num_training_steps": 1000},
}  # fmt: skip


@pytest.mark.parametrize("shape", ["linear", "cosine", "sqrt", "exponential"])
@pytest.mark.parametrize("kind", TRUNKS)
def test_a_trunk_that_is_stopped_goes_on_as_its_branch_and_has_no_finding_of_its_own(kind, shape):
    trunk = {"steps": 1_000, "lr": 2e-3, "schedule": TRUNKS[kind]}
    for branch in lrplot.fork(trunk, [400, 700], "20%", shape, "1%").branches:
        assert set(lrplot.check(branch.spec).codes) <= set(lrplot.check(trunk).codes)
        settings = [f"{key}={json.dumps(value)}" for key, value in branch.spec.items()]
        going_on = lrplot.resume(trunk, branch.at, settings)
        assert going_on.raises is None
        np.testing.assert_allclose(going_on.resumed["lr"], lrplot.load(branch.spec).lr[branch.at :], rtol=1e-12)
