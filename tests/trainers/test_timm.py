"""timm's args.yaml: values by its schedulers, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
batch_size: 256
cooldown_epochs: 10
epochs: 100
lr: 1e-3
min_lr: 1e-5
opt: adamw
sched: cosine
warmup_epochs: 5
warmup_lr: 1.0e-06
"""


def cosine(u):
    return 1e-5 + (1e-3 - 1e-5) * (1 + cos(pi * u)) / 2


def test_epochs_are_steps_and_the_cosine_runs_on_under_the_warmup(config):
    schedule = config(CONFIG)
    assert schedule.steps == 110
    assert schedule.run.reading.derivation == ("100 of the schedule + 10 of cooldown = 110 epochs",)
    assert [schedule(k) for k in (0, 2, 5, 50)] == pytest.approx(
        [1e-6, 1e-6 + 2 / 5 * 9.99e-4, cosine(0.05), cosine(0.5)]
    )
    assert [schedule(k) for k in (99, 100, 109)] == pytest.approx([cosine(0.99), 1e-5, 1e-5])


def test_with_a_prefix_the_cosine_starts_after_the_warmup(config):
    schedule = config(CONFIG + "warmup_prefix: true\n")
    assert (schedule.steps, schedule(5), schedule(55)) == (115, pytest.approx(1e-3), pytest.approx(cosine(0.5)))


def test_updates_of_an_epoch_have_one_value(config):
    schedule = config(CONFIG, "steps_per_epoch=100")
    assert schedule.steps == 11_000
    assert [schedule(k) for k in (199, 5000, 5099)] == pytest.approx([1e-6 + 9.99e-4 / 5, cosine(0.5), cosine(0.5)])


def test_a_schedule_that_moves_at_each_update(config, refused):
    text = CONFIG + "sched_on_updates: true\ngrad_accum_steps: 2\n"
    schedule = config(text, "dataset_size=25_700", "devices=1")  # 100 full batches, 50 updates
    assert (schedule.steps, schedule(125)) == (5500, pytest.approx(1e-6 + 0.5 * 9.99e-4))
    (diagnostic,) = refused(text)
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"
    (diagnostic,) = refused(text, "dataset_size=100", "devices=1")
    assert diagnostic.span.line == 0


@pytest.mark.parametrize(
    ("further", "peak"),
    [("opt: adamw", 0.1 * 8**0.5), ("opt: sgd", 0.8), ("opt: sgd\nlr_base_scale: sqrt\nlr_base: 0.2", 0.2 * 8**0.5)],
)
def test_a_learning_rate_that_grows_with_the_batch(config, further, peak):
    text = CONFIG.replace("lr: 1e-3\n", "lr: null\n", 1).replace("opt: adamw", further)
    assert config(text + "warmup_prefix: true\n", "devices=8")(5) == pytest.approx(peak)


def test_all_missing_facts_at_once(refused):
    diagnostics = refused(CONFIG.replace("lr: 1e-3\n", "lr: null\n", 1) + "sched_on_updates: true\n")
    assert [each.code for each in diagnostics] == ["missing-fact"] * 2


def test_drops(config):
    schedule = config(CONFIG.replace("cosine", "step") + "decay_epochs: 30\n")
    assert (schedule.steps, [schedule(k) for k in (5, 30, 99)]) == (100, pytest.approx([1e-3, 1e-4, 1e-6]))
    several = config(CONFIG.replace("cosine", "multistep") + "decay_milestones: [20, 40]\n")
    assert [several(k) for k in (18, 19, 40)] == pytest.approx([1e-3, 1e-4, 1e-5])  # an epoch before the milestone


def test_several_cycles(config):
    schedule = config(CONFIG + "lr_cycle_limit: 2\nlr_cycle_decay: 0.5\nlr_cycle_mul: 2.0\n")
    assert (schedule.steps, schedule(100)) == (310, pytest.approx(5e-4))


def test_warmup_stable_decay(config):
    assert config(CONFIG.replace("cosine", "wsd") + "decay_epochs: 20\n").steps == 110


@pytest.mark.parametrize(
    ("text", "line"), [(CONFIG.replace("cosine", "plateau"), 6), (CONFIG + "lr_noise: [0.5, 0.9]\n", 9)]
)
def test_what_the_file_does_not_determine_is_refused_at_its_place(refused, text, line):
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", line)
