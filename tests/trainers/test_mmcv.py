"""mmcv's Python configs: values by its lr_updater.py, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
optimizer = dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=0.0001)
lr_config = dict(policy='step', warmup='linear', warmup_iters=500, warmup_ratio=0.1, step=[8, 11])
total_epochs = 12
data = dict(samples_per_gpu=2)
"""
BY_ITERATION = """\
optimizer = dict(type='AdamW', lr=1e-4, weight_decay=0.01)
lr_config = dict(policy='poly', power=2.0, min_lr=1e-5, by_epoch=False)
runner = dict(type='IterBasedRunner', max_iters=1000)
"""


def load(config, text, *settings, **keywords):
    return config(text, *settings, name="detector.py", **keywords)


def test_a_linear_warmup_times_drops_by_epochs(config):
    schedule = load(config, CONFIG, "steps_per_epoch=1000")
    assert schedule.run.reading.format == "mmcv"
    assert [schedule(k) for k in (0, 250, 500)] == pytest.approx([0.002, 0.011, 0.02])
    assert [schedule(k) for k in (7999, 8000, 11_999)] == pytest.approx([0.02, 0.002, 0.0002])


def test_other_warmups(config):
    schedule = load(config, CONFIG.replace("'linear'", "'exp'"), "steps_per_epoch=1000")
    assert [schedule(k) for k in (0, 250, 500)] == pytest.approx([0.002, 0.02 * 0.1**0.5, 0.02])
    schedule = load(config, CONFIG.replace("'linear'", "'constant'"), "steps_per_epoch=1000")
    assert [schedule(k) for k in (0, 499, 500)] == pytest.approx([0.002, 0.002, 0.02])
    by_epoch = CONFIG.replace("warmup_iters=500", "warmup_iters=2, warmup_by_epoch=True")
    assert [load(config, by_epoch)(k) for k in (0, 1, 2)] == pytest.approx([0.002, 0.011, 0.02])
    assert load(config, by_epoch, "steps_per_epoch=10")(10) == pytest.approx(0.011)


def test_a_warmup_longer_than_the_run(config):
    text = BY_ITERATION.replace("by_epoch=False", "warmup='linear', warmup_iters=2000, by_epoch=False")
    assert load(config, text)(999) == pytest.approx((1e-5 + 9e-5 * 1e-6) * (0.1 + 0.9 * 999 / 2000))


def test_iterations_of_an_epoch(config, refused):
    assert load(config, CONFIG, "dataset_size=1001", "devices=4").steps == 12 * 126
    (diagnostic,) = load(refused, CONFIG)
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"


def test_a_polynomial_by_iterations(config):
    schedule = load(config, BY_ITERATION)
    assert [schedule(k) for k in (0, 500, 999)] == pytest.approx([1e-4, 1e-5 + 9e-5 / 4, 1e-5 + 9e-5 * 1e-6])


@pytest.mark.parametrize(
    ("policy", "values"),
    [
        ("policy='CosineAnnealing', min_lr_ratio=0.1", [1e-4 * (0.1 + 0.9 * (1 + cos(pi / 4)) / 2), 5.5e-5]),
        ("policy='LinearAnnealing', min_lr=0", [7.5e-5, 5e-5]),
        ("policy='fixed'", [1e-4, 1e-4]),
        ("policy='exp', gamma=0.999", [1e-4 * 0.999**250, 1e-4 * 0.999**500]),
        ("policy='step', step=200, gamma=0.5", [5e-5, 2.5e-5]),
        ("policy='step', step=[200, 400], gamma=0.5, min_lr=4e-5", [5e-5, 4e-5]),
        ("policy='cyclic', target_ratio=(10, 1e-4), step_ratio_up=0.5", [5.5e-4, 1e-3]),
        ("policy='cyclic', target_ratio=6, cyclic_times=2, step_ratio_up=0.5", [6e-4, 1e-4]),
        ("policy='OneCycle', max_lr=1e-3, pct_start=0.501", [4e-5 + 9.6e-4 * (1 - cos(pi / 2)) / 2, 1e-3]),
    ],
)
def test_policies(config, policy, values):
    text = BY_ITERATION.replace("policy='poly', power=2.0, min_lr=1e-5", policy)
    schedule = load(config, text)
    assert [schedule(250), schedule(500)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (CONFIG.replace("'step', w", "'mine', w"), 1),
        (CONFIG.replace("'step', w", "'exp', w"), 1),
        (CONFIG.replace("'step', w", "'OneCycle', w"), 1),
        (CONFIG.replace("lr=0.02, ", ""), 0),
    ],
)
def test_what_the_file_does_not_determine_is_refused_at_its_place(refused, text, line):
    (diagnostic,) = load(refused, text, "steps_per_epoch=100")
    assert diagnostic.span.line == line


def test_a_run_without_a_length(refused):
    (diagnostic,) = load(refused, CONFIG.replace("total_epochs", "epochs"))
    assert diagnostic.help == "add `--set steps=1000`, or `--set epochs=3`"


def annealed(start, end, share, weight=1):
    """mmcv's annealing_cos."""
    return end + weight * (start - end) * (cos(pi * share) + 1) / 2


def by_iteration(policy, more=""):
    return BY_ITERATION.replace("policy='poly', power=2.0, min_lr=1e-5", policy) + more


@pytest.mark.parametrize(
    ("policy", "values"),
    [
        # round(1000 · 0.72) = 720 iterations are constant.
        (
            "policy='FlatCosineAnnealing', start_percent=0.72, min_lr_ratio=0.1",
            [1e-4, 1e-4, annealed(1e-4, 1e-5, 140 / 280)],
        ),
        ("policy='FlatCosineAnnealing', min_lr=0.0", [1e-4, 1e-4, annealed(1e-4, 0, 110 / 250)]),
        (
            "policy='CosineRestart', periods=[400, 600], restart_weights=[1, 0.5], min_lr=1e-5",
            [annealed(1e-4, 1e-5, 0.5), annealed(1e-4, 1e-5, 0, 0.5), annealed(1e-4, 1e-5, 460 / 600, 0.5)],
        ),
        ("policy='inv', gamma=0.01, power=0.75", [1e-4 * (1 + 0.01 * k) ** -0.75 for k in (200, 400, 860)]),
        # 333 iterations a cycle, 133 of them up. The tops shrink towards the learning rate.
        (
            "policy='cyclic', target_ratio=(10, 1e-4), cyclic_times=3, gamma=0.5",
            [annealed(1e-3, 1e-8, 67 / 200), annealed(1e-4, 5.5e-4, 67 / 133), annealed(3.25e-4, 1e-8, 61 / 200)],
        ),
        (
            "policy='cyclic', target_ratio=(10, 1e-4), anneal_strategy='linear'",
            [5.5e-4, 1e-3, 1e-3 - (1e-3 - 1e-8) * 460 / 600],
        ),
        (
            "policy='OneCycle', max_lr=1e-3, pct_start=0.401, anneal_strategy='linear'",
            [5.2e-4, 1e-3, 1e-3 - (1e-3 - 4e-9) * 460 / 599],
        ),
    ],
)
def test_further_policies(config, policy, values):
    schedule = load(config, by_iteration(policy))
    assert [schedule(k) for k in (200, 400, 860)] == pytest.approx(values)


def test_cycles_begin_again_in_the_rest_of_the_run(config):
    schedule = load(config, by_iteration("policy='cyclic', cyclic_times=3").replace("max_iters=1000", "max_iters=1001"))
    assert [schedule(k) for k in (333, 999, 1000)] == pytest.approx([1e-4, 1e-4, annealed(1e-4, 1e-3, 1 / 133)])


def test_policies_by_epochs(config):
    text = CONFIG.replace("policy='step'", "policy='FlatCosineAnnealing', min_lr=0").replace("step=[8, 11]", "")
    schedule = load(config, text, "steps_per_epoch=1000")  # round(12 · 0.75) = 9 epochs
    assert [schedule(k) for k in (9999, 10_000, 11_500)] == pytest.approx(
        [0.02, annealed(0.02, 0, 1 / 3), annealed(0.02, 0, 2 / 3)]
    )
    text = CONFIG.replace("policy='step'", "policy='CosineRestart', periods=[4, 8], restart_weights=[1, 1], min_lr=0")
    schedule = load(config, text, "steps_per_epoch=1000")
    assert [schedule(k) for k in (3999, 4000, 8000)] == pytest.approx([annealed(0.02, 0, 0.75), 0.02, 0.01])


def test_the_momentum_is_that_of_the_optimizer_unless_a_policy_moves_it(config):
    sgd = "policy='OneCycle', max_lr=1e-3"
    text = by_iteration(sgd).replace("type='AdamW', lr=1e-4", "type='SGD', lr=1e-4, momentum=0.9")
    assert load(config, text).at(300)["momentum"] == 0.9
    text = by_iteration("policy='cyclic'").replace("lr=1e-4", "lr=1e-4, betas=(0.95, 0.99)")
    schedule = load(config, text + "momentum_config = dict(policy='cyclic', target_ratio=(0.85 / 0.95, 1))\n")
    assert [schedule.at(k)["beta1"] for k in (0, 200, 400, 700)] == pytest.approx([0.95, 0.9, 0.85, 0.9])
    assert schedule.at(0)["beta2"] == 0.99
    cosine = "momentum_config = dict(policy='CosineAnnealing', min_momentum_ratio=0.5, by_epoch=False)\n"
    assert load(config, text + cosine).at(500)["beta1"] == pytest.approx(0.7125)
    step = "momentum_config = dict(policy='step', step=[300], by_epoch=False)\n"
    assert load(config, text + step).at(300)["beta1"] == pytest.approx(0.475)
    schedule = load(config, text + "momentum_config = dict(policy='OneCycle')\n")
    assert schedule.run.reading.derivation == ("the policy of the momentum is not shown",)
    assert schedule.at(400)["beta1"] == 0.95


def test_multiples_of_the_learning_rate_are_groups(config):
    own = "paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.1)), norm_decay_mult=0.)"
    schedule = load(config, BY_ITERATION.replace("weight_decay=0.01", f"weight_decay=0.01, {own}"))
    # The floor is the same in every group: 1e-5 is the group's learning rate.
    assert schedule.at(500) == pytest.approx(
        {
            "lr": 3.25e-5,
            "weight_decay": 0.01,
            "lr/backbone": 1e-5,
            "lr/norm": 3.25e-5,
            "weight_decay/norm": 0.0,
        }
    )
    warm = BY_ITERATION.replace("policy='poly'", "policy='poly', warmup='linear', warmup_iters=100")
    schedule = load(config, warm.replace("weight_decay=0.01", f"weight_decay=0.01, {own}").replace("1e-5", "0"))
    assert schedule.at(0)["lr/backbone"] == pytest.approx(1e-6)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("policy='inv'", "needs `gamma`"),
        ("policy='CosineRestart', periods=[400, 500], restart_weights=[1, 1], min_lr=0", "900 exceeds"),
        ("policy='CosineRestart', periods=[400, 600], min_lr=0", "should have the same length"),
        ("policy='cyclic', cyclic_times=501, step_ratio_up=0.99", "each half of a cycle needs an iteration"),
    ],
)
def test_what_a_policy_does_not_take(refused, policy, message):
    (diagnostic,) = load(refused, by_iteration(policy))
    assert message in diagnostic.message
    assert diagnostic.span.line == 1


def test_more_cycles_than_are_listed(refused):
    text = by_iteration("policy='cyclic', cyclic_times=501, gamma=0.9").replace("1000)", "9999)")
    assert load(refused, text)[0].code == "too-large"
