"""From a tree to a run: tracks, groups, layers, names, and every fault at once."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrplot import load

HEAD = "steps: 100\nlr: 1\n"


def at(schedule, step):
    """Every track's value at a step."""
    return {name: values.item() for name, values in schedule.at(step).items()}


def test_the_name_and_the_source(read):
    run = read(f"{HEAD}schedule: cosine\nname: GPT-3 13B\nsource: 'Brown et al. 2020, App. B'\n").run
    assert (run.name, run.source) == ("GPT-3 13B", "Brown et al. 2020, App. B")
    assert load({"steps": 1, "lr": 1, "schedule": "constant"}).run.source is None


@pytest.mark.parametrize("form", ["linear", "{kind: linear}", "[linear]", "[{kind: linear}]", "\n  - kind: linear"])
def test_a_schedule_in_any_form(form, read):
    np.testing.assert_allclose(read(f"{HEAD}schedule: {form}\n").lr, (100 - np.arange(100)) / 100, rtol=1e-12)


def test_the_example_of_the_contract(read):
    schedule = read(
        "name: GPT-3 13B\nsource: Brown et al. 2020, App. B\ntokens: 300B\ntokens_per_step: 2M\nlr: 1e-4\nschedule:\n"
        "  - {kind: warmup, for: 375M tokens}\n  - {kind: cosine, for: 260B tokens, to: 10%}\n  - constant\n"
    )
    assert schedule.steps == 150_000
    # 375M tokens are 187.5 updates: 188 of them climb, then 130,000 fall
    steps = np.array([0, 47, 94, 188, 188 + 65_000, 130_188, 149_999, 10**9])
    expected = [0.0, 0.25e-4, 0.5e-4, 1e-4, 0.55e-4, 1e-5, 1e-5, 1e-5]
    np.testing.assert_allclose(schedule(steps), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "values"),
    [
        ("[{kind: warmup, for: 4}, {kind: constant, for: 2}]", [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0]),
        ("[{kind: linear, for: 2, to: 50%}, {kind: linear, for: 2}]", [1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0]),
        (
            "[{kind: linear, for: 2}, {kind: linear, from: 1, to: 0.5, for: 2}]",
            [1.0, 0.5, 1.0, 0.75, 0.5, 0.5, 0.5, 0.5],
        ),
        (
            "[{kind: linear, to: 50%, for: rest}, {kind: constant, for: 4}]",
            [1.0, 0.875, 0.75, 0.625, 0.5, 0.5, 0.5, 0.5],
        ),
        ("{kind: linear, warmup: 4, cooldown: 2, to: 50%}", [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25]),
        ("{kind: linear, warmup: 0}", [1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]),
        ("{kind: constant, warmup: 8}", [0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]),
        ("{kind: linear, for: 4}", [1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0]),
        ("{kind: linear, interval: epoch}", [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5]),
        ("{kind: linear, min: 60%}", [1.0, 0.875, 0.75, 0.625, 0.6, 0.6, 0.6, 0.6]),
    ],
)
def test_phases(schedule, values, read):
    assert read(f"steps: 8\nsteps_per_epoch: 4\nlr: 1\nschedule: {schedule}\n").lr.tolist() == values


def test_interval_epoch_applies_to_every_track(read):
    schedule = read("epochs: 2\nsteps_per_epoch: 4\nlr: 1\nschedule: linear\ninterval: epoch\n")
    assert schedule.lr.tolist() == [1.0] * 4 + [0.5] * 4


def test_tracks_are_in_the_order_of_the_csv(read):
    spec = (
        "beta2: 0.95\ngroups:\n  head: {lr: 2, beta1: 0.8, momentum: 0.7}\n  body: {weight_decay: 0}\n"
        "weight_decay: 0.1\nschedule: linear\nmomentum: {kind: linear, from: 0.9, to: 0.8}\nbeta1: 0.9\n"
    )
    schedule = read(HEAD + spec)
    assert at(schedule, 50) == {
        "lr": 0.5,
        "momentum": pytest.approx(0.85, rel=1e-12),
        "weight_decay": 0.1,
        "beta1": 0.9,
        "beta2": 0.95,
        "lr/head": 1.0,
        "momentum/head": 0.7,
        "beta1/head": 0.8,
        "lr/body": 0.5,
        "weight_decay/body": 0.0,
    }
    assert schedule.tracks == tuple(at(schedule, 50))


def test_a_group_overrides_the_rate_or_the_schedule(read):
    groups = "groups:\n  a: {lr: 10}\n  b: {lr: 200%}\n  c: {schedule: constant}\n  d: {}\n"
    assert at(read(f"{HEAD}schedule: {{kind: linear, to: 50%}}\n{groups}"), 50) == {
        "lr": 0.75,
        "lr/a": 7.5,
        "lr/b": 1.5,
        "lr/c": 1.0,
        "lr/d": 0.75,
    }


def test_a_group_that_starts_later_is_0_until_then(read):
    spec = "epochs: 10\nsteps_per_epoch: 10\nlr: 1\nschedule: {kind: linear, warmup: 10%}\n"
    schedule = read(spec + "groups: {head: {}, body: {lr: 10%, start: 5 epochs}}\n")
    steps = np.array([0, 49, 50, 55, 60, 80, 99, 100])
    expected = [0, 0, 0, 0.05, 0.1, 0.05, 0.1 / 40, 0]  # a warmup of 10, then 40 down
    np.testing.assert_allclose(schedule.at(steps)["lr/body"], expected, rtol=1e-12)
    np.testing.assert_array_equal(schedule.at(steps)["lr/head"], schedule.at(steps)["lr"])
    (waiting, *_) = schedule.run.tracks["lr/body"].curve.segments()
    assert (waiting.role, waiting.start, waiting.stop, waiting.name) == ("delay", 0, 50, "frozen")


def test_a_group_that_starts_later_has_a_schedule_and_momentum_of_its_own(read):
    group = "groups: {a: {start: 40, schedule: {kind: one_cycle, pct_start: 0.5, anneal: linear, div_factor: 2}}}\n"
    found = at(read(f"{HEAD}schedule: constant\n{group}"), 70)
    assert (found["lr/a"], found["momentum/a"]) == (1.0, 0.85)
    assert at(read(f"{HEAD}schedule: constant\n{group}"), 39) == {"lr": 1.0, "lr/a": 0.0, "momentum/a": 0.95}


def test_a_group_that_starts_later_has_a_momentum_of_its_own_in_the_run_s_schedule(read):
    schedule = "schedule: {kind: one_cycle, pct_start: 0.5, anneal: linear, div_factor: 2}\n"
    run = read(f"{HEAD}{schedule}groups: {{a: {{start: 40}}, b: {{}}, c: {{start: 40, momentum: 0.5}}}}\n")
    assert {name: at(run, 70)[name] for name in ("lr/a", "momentum/a", "momentum/c")} == {
        "lr/a": 1.0,
        "momentum/a": 0.85,
        "momentum/c": 0.5,
    }
    assert "momentum/b" not in run.tracks


def test_a_group_s_framework_scheduler_starts_later(read):
    spec = "groups: {a: {start: 40, schedule: {use: torch.StepLR, step_size: 10}}}\n"
    schedule = read(f"{HEAD}schedule: constant\n{spec}")
    found = schedule.at(np.array([39, 40, 49, 50, 60, 120]))["lr/a"]
    np.testing.assert_allclose(found, [0, 1, 1, 0.1, 0.01, 1e-8], rtol=1e-12)


def test_interval_epoch_in_a_group_that_starts_later_counts_the_runs_epochs(read):
    spec = "steps: 8\nsteps_per_epoch: 3\nlr: 1\nschedule: linear\ninterval: epoch\ngroups: {a: {start: 4}}\n"
    np.testing.assert_allclose(read(spec).evaluate()["lr/a"], [0, 0, 0, 0, 1, 1, 0.5, 0.5], rtol=1e-12)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("100", ("bad-value", "100")),
        ("200%", ("bad-value", "200%")),
        ("-1", ("bad-value", "-1")),
        ("0.5", ("not-whole", "0.5")),
        ("2 epochs", ("missing-conversion", "2 epochs")),
        ("rest", ("bad-type", "rest")),
    ],
)
def test_a_faulty_start_of_a_group_is_refused(start, expected, faults):
    assert faults(f"{HEAD}schedule: linear\ngroups: {{a: {{start: {start}}}}}\n") == [expected]


def test_a_backbone_frozen_and_then_warmed_up_learns(read):
    group = "[{kind: constant, value: 0, for: 40}, {kind: cosine, warmup: 10}]"
    schedule = read(f"{HEAD}schedule: cosine\ngroups: {{backbone: {{lr: 10%, schedule: {group}}}}}\n")
    steps = np.array([0, 39, 40, 45, 50, 75, 100])
    np.testing.assert_allclose(schedule.at(steps)["lr/backbone"], [0, 0, 0, 0.05, 0.1, 0.05, 0], rtol=1e-12, atol=1e-17)


@pytest.mark.parametrize(
    ("lines", "marked", "help"),
    [
        ("schedule: {kind: cosine, to: -1e-5}", "-1e-5", "write `1e-5` or `0`"),
        ("schedule: {kind: cosine, from: -5%}", "-5%", "write `5%` or `0`"),
        ("schedule: {kind: cosine, min: -1}", "-1", "write `1` or `0`"),
        ("schedule: {kind: constant, value: -1}", "-1", "write `1` or `0`"),
        ("schedule: {kind: points, at: {0: 1, 5: -1}}", "-1", "write `1` or `0`"),
        ("schedule: {kind: multistep, milestones: [5], values: [1, -1]}", "-1", "write `1` or `0`"),
        ("schedule: {kind: cyclic, up: 3, min: -1}", "-1", "write `1` or `0`"),
        ("schedule: {kind: cosine, warmup: {for: 3, from: -1}}", "-1", "write `1` or `0`"),
        ("schedule: cosine\nmomentum: -0.9", "-0.9", "write `0.9` or `0`"),
        ("schedule: cosine\ngroups: {a: {lr: -10%}}", "-10%", "write `10%` or `0`"),
    ],
)
def test_a_negative_value_is_refused_with_its_cure(lines, marked, help, diagnostics):
    (found,) = diagnostics(f"{HEAD}{lines}\n")
    assert found.code == "bad-value"
    assert re.fullmatch(rf"(`\w+`|.* of `\w+`) must not be negative, it is `{marked}`", found.message)
    assert found.help == help


def test_a_layer_is_a_group(read):
    schedule = read(f"{HEAD}schedule: linear\nlayer_decay: {{layers: 3, decay: 0.5}}\n")
    assert at(schedule, 50) == {"lr": 0.5, "lr/layer_1": 0.125, "lr/layer_2": 0.25, "lr/layer_3": 0.5}
    decay = {"layers": 12, "decay": 0.75}
    bert = load({"steps": 1, "lr": 1e-3, "schedule": "constant", "layer_decay": decay})
    assert at(bert, 0)["lr/layer_1"] == pytest.approx(1e-3 * 0.75**11, rel=1e-12)


def test_a_head_above_the_layers_and_embeddings_below_them(read):
    # google-research/electra, configure_finetuning.py and model/optimization.py: depth 0 for the embeddings,
    # 1 … 12 for the layers, 14 for the task's own ones, and lr·0.8^(14 − depth)
    spec = "schedule: constant\nlayer_decay: {layers: 12, decay: 0.8, head: 2, embeddings: 1}\n"
    found = at(read(HEAD + spec), 0)
    depths = {"embeddings": 0, **{f"layer_{i}": i for i in range(1, 13)}, "head": 14}
    assert found == {"lr": 1.0} | {f"lr/{name}": 0.8 ** (14 - depth) for name, depth in depths.items()}
    assert list(found)[1:] == [f"lr/{name}" for name in depths]


def test_a_head_alone(read):
    spec = "schedule: constant\nlayer_decay: {layers: 2, decay: 0.5, head: 1}\n"
    assert at(read(HEAD + spec), 0) == {"lr": 1.0, "lr/layer_1": 0.25, "lr/layer_2": 0.5, "lr/head": 1.0}


@pytest.mark.parametrize(
    ("lines", "code", "marked"),
    [
        ("layer_decay: {layers: 2, decay: 0.5, head: 1}\ngroups: {head: {lr: 1}}", "conflict", "{"),
        ("layer_decay: {layers: 2, decay: 0.5, head: 0}", "bad-value", "0"),
        ("layer_decay: {layers: 1_001, decay: 0.5}", "too-large", "{"),
        ("layer_decay: {layers: 2, decay: 0.5}\ngroups: {layer_2: {lr: 1}}", "conflict", "{"),
        ("layer_decay: {layers: 2}", "missing-field", "{"),
    ],
)
def test_faulty_layers_are_refused(lines, code, marked, faults):
    assert faults(f"{HEAD}schedule: linear\n{lines}\n") == [(code, marked)]


def test_without_a_base_rate(read):
    for schedule in (
        "{kind: points, at: {0: 1, 100: 0}}",
        "{kind: linear, from: 1}",
        "{kind: expression, value: 1 - u}",
    ):
        assert read(f"steps: 100\nschedule: {schedule}\n")(50) == 0.5


def test_one_cycle_moves_momentum_unless_it_is_null(read, faults):
    cycle = "schedule: {kind: one_cycle, momentum: {min: 0.8, max: 0.9}}\n"
    assert at(read(HEAD + cycle), 30)["momentum"] == 0.8
    assert read(f"{HEAD}schedule: {{kind: one_cycle, momentum: null}}\n").tracks == ("lr",)
    assert faults(f"{HEAD}{cycle}momentum: 0.7\n") == [("conflict", "0.7")]


@pytest.mark.parametrize(
    ("schedule", "step"),
    [
        ("{kind: exponential, rate: -10}", 71),
        ("{kind: expression, value: '1 / (t - 7)'}", 7),
        ("{kind: expression, value: 'log(t - 50)'}", 0),
        ("{kind: expression, value: 'sqrt(99 - t - 1)'}", 99),
    ],
)
def test_a_value_that_is_not_finite_names_its_step(schedule, step, diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: {schedule}\n")
    assert found.code == "not-finite"
    assert f"`lr` is not finite at step {step}: " in found.message
    assert found.span.line == 2


@pytest.mark.parametrize("decay", ["0", "'0.5'"])
def test_a_decay_without_an_end_or_a_rate_is_refused(decay, faults):
    tail = "schedule: {kind: points, at: {0: 1}}\nlayer_decay: {layers: 3, decay: 0.5}\n"
    assert faults(f"{HEAD}{tail.replace('0.5', decay)}")[0][1] == decay


@pytest.mark.parametrize(
    ("schedule", "code", "words"),
    [
        ("[warmup, cosine]", "no-room", "not both `warmup` and `cosine`"),
        ("[{kind: warmup, for: 101}, cosine]", "no-room", "take 101 updates, and there are 100"),
        ("{kind: cosine, warmup: 101}", "no-room", "take 101 updates, and there are 100"),
        ("{kind: cosine, warmup: 60%, cooldown: 41}", "no-room", "take 101 updates, and there are 100"),
        ("{kind: exponential, to: 1%, gamma: 0.9}", "conflict", "`exponential` takes one of"),
        ("exponential", "missing-field", "`exponential` takes one of"),
        (
            "{kind: multistep, milestones: [1], values: [1, 2], gamma: 0.1}",
            "conflict",
            "`gamma` cannot be combined with `values`",
        ),
        ("{kind: multistep, milestones: [1], values: [1]}", "bad-value", "1 milestones need 2 values, got 1"),
        ("{kind: repeat, of: cosine}", "missing-field", "`repeat` needs `times`"),
        ("{kind: repeat, of: {kind: cosine, for: 10, interval: epoch}}", "bad-value", "`interval` on `repeat`"),
        ("{kind: expression, value: lr}", "bad-expression", "has an unknown name `lr`"),
        ("{kind: expression, value: __import__('os')}", "bad-expression", "`__import__"),
        ("{kind: points, at: {0: 1, 0%: 2}}", "bad-value", "two points are at step 0"),
        ("{kind: points, at: {0: 1, 9: 0}, interpolation: log}", "bad-value", "above 0"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(schedule, code, words, diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: {schedule}\n")
    assert found.code == code
    assert words in found.message
    assert found.span.line == 2


def test_all_faults_at_once_in_the_order_of_the_text(faults):
    spec = """\
tokens: 300 B
name: [a]
lr: '1'
schedule:
  - {kind: wamup, for: 10}
  - {kind: step, every: 3 weeks, gamma: -1, too: 1, warmup: {for: ten, shap: cosine}}
  - [{kind: multistep, milestones: [true, 1e400, soon]}]
groups:
  head: {lrr: 1, schedule: {kind: linear, inclusive: 1}}
  body: 3
layer_decay: {layers: 1.5, decay: .inf}
momentum: {kind: repeat, of: {kind: cosin}, times: 0}
wieght_decay: 0.1
"""
    assert faults(spec) == [
        ("bad-type", "300 B"),
        ("bad-type", "["),
        ("quoted-number", "'1'"),
        ("unknown-kind", "wamup"),
        ("bad-type", "3 weeks"),
        ("bad-value", "-1"),
        ("unknown-field", "too"),
        ("bad-type", "ten"),
        ("unknown-field", "shap"),
        ("boolean", "true"),
        ("not-finite", "1e400"),
        ("bad-type", "soon"),
        ("unknown-field", "lrr"),
        ("bad-type", "1"),
        ("bad-type", "3"),
        ("not-whole", "1.5"),
        ("not-finite", ".inf"),
        ("unknown-kind", "cosin"),
        ("bad-value", "0"),
        ("unknown-field", "wieght_decay"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the clock is checked even if there is no schedule to read by it
            "steps: 10\nlr: 1\nschedule: {kind: step}\ninterval: epoch\n",
            [("missing-field", "step"), ("missing-conversion", "epoch")],
        ),
        (  # so is a framework's, at the same place
            "steps: 10\nlr: 1\nschedule: {use: torch.StepLR, step_size: 3}\ninterval: epoch\n",
            [("missing-conversion", "epoch")],
        ),
        (  # a faulty length does not hide the missing base
            "steps: 10\nschedule: {kind: cosine, for: -1}\n",
            [("missing-field", "cosine"), ("bad-value", "-1")],
        ),
        (  # a reason that is missing is reported with everything else
            "steps: 10\nlr: 1\nschedule: cosin\naccept: {no-warmup: ''}\n",
            [("unknown-kind", "cosin"), ("missing-value", "no-warmup")],
        ),
        (  # nor does a faulty schedule hide what is wrong with the layers
            "steps: 10\nlr: 1\nschedule: cosin\nlayer_decay: {layers: 5000, decay: 0.5}\n",
            [("unknown-kind", "cosin"), ("too-large", "{")],
        ),
        (  # phases and groups are built one by one, each with its faults
            "steps: 10\nlr: 1\nschedule: [{kind: step, every: 3 epochs, for: 3}, {kind: exponential, to: 0, for: 2}]\n"
            "groups: {a: {schedule: {kind: exponential, to: 0}}, b: {lr: 1, momentum: {kind: cosine, for: 2}}}\n",
            [("missing-conversion", "3 epochs"), ("bad-value", "0"), ("bad-value", "0"), ("missing-field", "cosine")],
        ),
        (  # children of a framework's scheduler, too
            "steps: 10\nlr: 1\nschedule: {use: torch.SequentialLR, milestones: [3], schedulers: "
            "[{use: torch.StepLR, step_size: x}, {use: torch.LinearLR, gamma: 1}]}\n",
            [("bad-type", "x"), ("unknown-field", "gamma")],
        ),
    ],
)
def test_a_fault_hides_no_other_one(text, expected, faults):
    assert faults(text) == expected


def test_a_fault_in_a_shared_part_is_reported_once(faults):
    spec = "schedule: &s {kind: cosine, from: 1, too: 1}\ngroups: {head: {schedule: *s}}\nmomentum: *s\n"
    assert faults(HEAD + spec) == [("unknown-field", "too")]


@pytest.mark.parametrize(
    ("spec", "words"),
    [("5", "`5`"), ("cosine", "`cosine`"), ("'steps: 5'", 'the text "steps: 5"'), ("[]", "a list"), ("null", "`null`")],
)
def test_a_spec_that_is_no_mapping_is_refused(spec, words, diagnostics):
    (found,) = diagnostics(spec)
    assert (found.code, found.message) == ("bad-type", f"a spec is a mapping, this is {words}")


def test_an_empty_mapping_is_refused(diagnostics):
    assert [each.code for each in diagnostics("{}")] == ["missing-field", "missing-field"]
    assert [each.code for each in diagnostics({})] == ["missing-field", "missing-field"]


def test_a_negative_number_for_a_parameter_is_named_after_it(diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: cosine\nweight_decay: -0.1\n")
    assert found.message == "`weight_decay` must not be negative, it is `-0.1`"
