"""Lightning CLI's YAML: values by the formulas of torch/optim/lr_scheduler.py, stepped once per epoch."""

from math import cos, pi

import pytest

CONFIG = """\
seed_everything: 1
trainer:
  max_epochs: 20
  callbacks:
  - class_path: lightning.pytorch.callbacks.ModelCheckpoint
    init_args: {monitor: val_loss}
model:
  class_path: tasks.Segmentation
  init_args: {width: 64}
optimizer:
  class_path: torch.optim.SGD
  init_args: {lr: 0.1, momentum: 0.9, weight_decay: 1e-4}
lr_scheduler:
  class_path: CosineAnnealingLR
  init_args: {T_max: 20, eta_min: 0.01}
"""
WITHIN = """\
trainer: {max_epochs: 20, limit_train_batches: 50, accumulate_grad_batches: 2}
model:
  class_path: tasks.Segmentation
  init_args:
    optimizer: {class_path: torch.optim.Adam, init_args: {lr: 0.1}}
    lr_scheduler: {class_path: torch.optim.lr_scheduler.StepLR, init_args: {step_size: 10}}
"""


def cosine(epoch):
    return 0.01 + (0.1 - 0.01) * (1 + cos(pi * epoch / 20)) / 2


def test_a_step_is_an_epoch_while_nobody_says_how_many_updates_it_has(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("lightning-cli", 20)
    assert schedule.lr.tolist() == pytest.approx([cosine(epoch) for epoch in range(20)])
    assert schedule.at(0)["momentum"] == 0.9
    assert schedule.at(0)["weight_decay"] == 1e-4


def test_a_scheduler_beside_the_trainer_is_stepped_once_per_epoch(config):
    schedule = config(CONFIG, "steps_per_epoch=100")
    assert schedule.steps == 2000
    assert [schedule(k) for k in (0, 99, 100, 1999)] == pytest.approx([0.1, 0.1, cosine(1), cosine(19)])


def test_the_length(config, refused):
    text = CONFIG.replace("max_epochs: 20", "max_steps: 700")
    assert refused(text)[0].help == "add `--set steps_per_epoch=500`"
    assert config(text, "steps_per_epoch=100").steps == 700
    assert config(CONFIG.replace("20", "20\n  max_steps: 700", 1), "steps_per_epoch=100").steps == 700
    assert config(CONFIG.replace("20", "20\n  max_steps: 9000", 1), "steps_per_epoch=100").steps == 2000
    assert config(CONFIG, "steps=150", "steps_per_epoch=100").steps == 150
    assert config(CONFIG, "epochs=7").steps == 7
    schedule = config(CONFIG.replace("  max_epochs: 20\n", ""))
    assert (schedule.steps, schedule.run.reading.derivation[0]) == (1000, "the trainer names no length: 1,000 epochs")
    without = CONFIG[: CONFIG.index("lr_scheduler")]
    assert config(without.replace("max_epochs: 20", "max_steps: 700")).steps == 700


def test_schedulers_within_one_another(config):
    nested = (
        "  class_path: torch.optim.lr_scheduler.SequentialLR\n"
        "  init_args:\n"
        "    milestones: [2]\n"
        "    schedulers:\n"
        "    - {class_path: LinearLR, init_args: {start_factor: 0.5, total_iters: 2, verbose: deprecated}}\n"
        "    - {class_path: ExponentialLR, init_args: {gamma: 0.5}}\n"
    )
    schedule = config(CONFIG[: CONFIG.index("  class_path: CosineAnnealingLR")] + nested)
    assert schedule.lr[:5].tolist() == pytest.approx([0.05, 0.075, 0.1, 0.05, 0.025])


def test_a_constant_learning_rate(config):
    text = CONFIG[: CONFIG.index("lr_scheduler")]
    assert set(config(text).lr) == {0.1}
    assert config(text, "steps_per_epoch=9").steps == 180
    assert set(config(WITHIN[: WITHIN.index("    lr_scheduler")]).lr) == {0.1}


def test_the_arguments_of_the_only_class(config, refused):
    text = CONFIG.replace("  class_path: torch.optim.SGD\n", "").replace("  class_path: CosineAnnealingLR\n", "")
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 12)
    assert config(text, "lr_scheduler.class_path=CosineAnnealingLR").lr.tolist() == config(CONFIG).lr.tolist()
    flat = text[: text.index("lr_scheduler")].replace(
        "init_args: {lr: 0.1, momentum: 0.9, weight_decay: 1e-4}", "lr: 0.1"
    )
    assert config(flat)(0) == 0.1


def test_under_the_subcommand(config):
    text = "fit:\n" + "".join(f"  {line}\n" for line in CONFIG.splitlines())
    assert config(text).lr.tolist() == config(CONFIG).lr.tolist()


def test_when_the_model_steps_its_scheduler_is_a_fact(config, refused):
    (diagnostic,) = refused(WITHIN)
    assert (diagnostic.code, diagnostic.help) == ("missing-fact", "add `--set interval=step`")
    assert [config(WITHIN, "interval=step")(k) for k in (9, 10)] == pytest.approx([0.1, 0.01])
    by_epoch = config(WITHIN, "interval=epoch")
    assert by_epoch.steps == 20 * 25  # 50 batches of `limit_train_batches`, two in an update
    assert [by_epoch(k) for k in (249, 250)] == pytest.approx([0.1, 0.01])


def test_the_end_of_a_scheduler_tells_when_it_is_stepped(config):
    cosine_of = WITHIN.replace("StepLR, init_args: {step_size: 10}", "CosineAnnealingLR, init_args: {T_max: 500}")
    schedule = config(cosine_of.replace("max_epochs: 20", "max_steps: 500"))
    assert schedule(250) == pytest.approx(0.05)
    schedule = config(cosine_of.replace("500", "20"))
    assert (schedule.steps, schedule(250)) == (500, pytest.approx(0.05))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("class_path: CosineAnnealingLR", "class_path: tasks.schedulers.Warmup", 13),
        ("class_path: CosineAnnealingLR", "class_path: ReduceLROnPlateau", 13),
        ("class_path: CosineAnnealingLR", "class_path: lightning.pytorch.cli.ReduceLROnPlateau", 13),
        ("lr: 0.1", "lr: $TARGET_LR", 11),
        ("T_max: 20", "T_max: $EPOCHS", 14),
        ("eta_min: 0.01", "eta_mim: 0.01", 14),
    ],
)
def test_what_the_file_cannot_tell_is_refused_at_its_place(refused, old, new, line):
    assert refused(CONFIG.replace(old, new))[0].span.line == line


def test_what_is_missing_is_named(refused):
    assert refused(CONFIG.replace("lr: 0.1, ", ""))[0].help == "add `--set optimizer.init_args.lr=1e-4`"
    text = CONFIG.replace("T_max: 20, ", "")
    assert refused(text)[0].help == "add `--set lr_scheduler.init_args.T_max=100`"
    text = CONFIG.replace("CosineAnnealingLR", "OneCycleLR").replace(
        "T_max: 20, eta_min: 0.01", "max_lr: 1, total_steps: null"
    )
    assert refused(text)[0].help == "add `--set lr_scheduler.init_args.total_steps=1000`"
    text = CONFIG.replace("optimizer:\n  class_path: torch.optim.SGD\n", "optimizer: SGD\nunused:\n")
    assert refused(text)[0].help == "add `--set optimizer.init_args.lr=1e-4`"


def test_a_model_with_an_optimizer_of_its_own(refused):
    (diagnostic,) = refused(CONFIG[: CONFIG.index("optimizer")])
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 7)
    assert "`tasks.Segmentation`" in diagnostic.message
