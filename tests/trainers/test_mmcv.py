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
