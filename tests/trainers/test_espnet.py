"""ESPnet's configs: values by espnet2/schedulers and torch's schedulers, stepped as its trainer does."""

import pytest

BASE = """
batch_type: numel
accum_grad: 4
max_epoch: 10
best_model_criterion:
-   - valid
    - acc
    - max
optim: adam
optim_conf:
    lr: 2e-3
    weight_decay: 0.000001
"""
WARMUP = "scheduler: warmuplr\nscheduler_conf:\n    warmup_steps: 100\n"


def test_updates_are_accumulated_batches(config):
    schedule = config(f"{BASE}num_iters_per_epoch: 102\n{WARMUP}")
    assert (schedule.run.reading.format, schedule.steps) == ("espnet", 250)  # 102 // 4 updates an epoch
    assert [schedule(s) for s in (0, 49, 99)] == pytest.approx([2e-5, 1e-3, 2e-3])
    assert schedule(249) == pytest.approx(2e-3 * (100 / 250) ** 0.5)


def test_the_epoch_is_asked_for(config, refused):
    (diagnostic,) = refused(BASE + WARMUP)
    assert (diagnostic.code, diagnostic.help) == (
        "missing-fact",
        "add `--set steps_per_epoch=500`, or `--set steps=1000`",
    )
    assert config(BASE + WARMUP, "steps_per_epoch=30").steps == 300
    assert config(BASE + WARMUP, "steps=77").steps == 77


def test_schedulers_of_torch_are_stepped_by_epoch(config):
    text = f"{BASE}scheduler: StepLR\nscheduler_conf:\n    step_size: 2\n    gamma: 0.5\n"
    schedule = config(text, "steps_per_epoch=3")
    assert [schedule(s) for s in (0, 5, 6, 11, 12)] == pytest.approx([2e-3, 2e-3, 1e-3, 1e-3, 5e-4])


def test_one_cycle_is_stepped_by_update(config):
    text = f"{BASE}scheduler: onecyclelr\nscheduler_conf: {{max_lr: 0.01, total_steps: 30, cycle_momentum: false}}\n"
    schedule = config(text, "steps_per_epoch=3")
    assert schedule(8) == pytest.approx(0.01)  # 0.3 · 30 − 1


def test_further_optimizers_are_groups(config):
    second = "optim2: adamw\noptim2_conf:\n    lr: 1e-4\nscheduler2: exponentiallr\nscheduler2_conf:\n    gamma: 0.5\n"
    text = BASE + second
    values = config(text, "steps_per_epoch=3").evaluate()
    assert values["lr"].tolist() == [2e-3] * 30
    assert values["lr/optim2"][[0, 2, 3, 6]].tolist() == [1e-4, 1e-4, 5e-5, 2.5e-5]


def test_an_optimizer_has_a_rate_of_its_own(config, refused):
    text = BASE.replace("    lr: 2e-3\n", "").replace("optim: adam", "optim: adadelta")
    assert config(text, "steps=10")(0) == 1.0
    (diagnostic,) = refused(text.replace("adadelta", "lamb"), "steps=10")
    assert diagnostic.help == "add `--set optim_conf.lr=1e-4`"


def test_arguments_without_a_scheduler_are_ignored(config):
    schedule = config(BASE + "scheduler: null\nscheduler_conf:\n    warmup_steps: 100\n", "steps=10")
    assert schedule(0) == 2e-3
    assert [each.code for each in schedule.run.reading.remarks] == ["ignored-key"]


@pytest.mark.parametrize(
    ("more", "message", "line"),
    [
        ("scheduler: reducelronplateau\n", "follows a metric", 12),
        ("scheduler: warmupReduceLROnPlateau\n", "follows a metric", 12),
        ("scheduler: myown\n", "no schedule `myown`", 12),
        ("use_deepspeed: true\n", "those of `deepspeed_config`", 12),
    ],
)
def test_what_cannot_be_known_is_refused_at_its_place(refused, more, message, line):
    (diagnostic,) = refused(BASE + more, "steps=10")
    assert (diagnostic.code, diagnostic.span.line + 1) == ("undetermined", line + 1)
    assert message in diagnostic.message
