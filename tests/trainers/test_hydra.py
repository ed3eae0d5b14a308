"""Hydra's composed configs: values by the formulas of torch and transformers, by hand."""

from math import cos, pi

import pytest

import lrplot

CONFIG = """\
trainer:
  _target_: lightning.pytorch.trainer.Trainer
  max_epochs: 20
model:
  _target_: src.models.Net
  net: {_target_: src.nets.Dense, sizes: "${eval:'[1] * 3'}"}
  optimizer: {_target_: torch.optim.Adam, _partial_: true, lr: 0.1, weight_decay: 0.0}
  scheduler:
    _target_: torch.optim.lr_scheduler.CosineAnnealingLR
    _partial_: true
    T_max: ${trainer.max_epochs}
"""
STEPS = """\
experiment:
  optim: {_target_: apex.optimizers.FusedAdam, lr: "${peak}"}
  lr_scheduler:
    scheduler:
      _target_: transformers.get_linear_schedule_with_warmup
      num_warmup_steps: 100
      num_training_steps: ${trainer.max_steps}
    interval: step
  noise_scheduler: {_target_: diffusers.DDPMScheduler}
trainer: {max_steps: 1000}
peak: 1e-3
"""


def test_lightning_steps_once_per_epoch_unless_told_otherwise(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("hydra", 20)
    assert schedule.lr.tolist() == pytest.approx([0.05 * (1 + cos(pi * epoch / 20)) for epoch in range(20)])
    assert config(CONFIG, "steps_per_epoch=10")(19) == schedule(1)
    step = CONFIG.replace("T_max: ${trainer.max_epochs}", "T_max: 60\n    interval: step")
    assert config(step, "steps_per_epoch=3")(30) == pytest.approx(0.05)
    assert config(CONFIG.replace("${trainer.max_epochs}", "60"), "interval=step", "steps_per_epoch=3")(30) == 0.05


def test_updates_with_the_interval_beside_the_scheduler(config):
    schedule = config(STEPS)
    assert schedule.steps == 1000
    assert [schedule(k) for k in (0, 50, 100, 550, 999)] == pytest.approx([0, 5e-4, 1e-3, 5e-4, 1e-3 / 900])
    beside = STEPS.replace("    interval: step\n", "  scheduler_config: {interval: step}\n")
    assert config(beside).lr.tolist() == schedule.lr.tolist()
    wrapped = STEPS.replace("    interval: step\n", "    lightning: {interval: step, frequency: 1}\n")
    assert config(wrapped).lr.tolist() == schedule.lr.tolist()


def test_the_end_of_a_scheduler_tells_when_it_is_stepped(config, refused):
    text = STEPS.replace("    interval: step\n", "")
    schedule = config(text)
    assert (schedule.steps, schedule(550)) == (1000, pytest.approx(5e-4))
    text = text.replace("${trainer.max_steps}", "70")
    assert refused(text)[0].help == "add `--set steps_per_epoch=500`"
    assert config(text, "interval=step")(85) == pytest.approx(1e-3 * 0.85)


def test_a_class_that_an_interpolation_puts_at_several_places_is_one(config):
    text = CONFIG.replace("  optimizer: {", "  optimizer: ${optimizer}\noptimizer: {").replace(
        "  scheduler:", "scheduler:"
    )
    assert config(text)(10) == pytest.approx(0.05)


def test_a_scheduler_that_is_off_and_none_at_all(config):
    off = STEPS.replace("    interval: step", "    enabled: false")
    assert set(config(off).lr) == {1e-3}
    assert set(config(CONFIG[: CONFIG.index("  scheduler")]).lr) == {0.1}


def test_a_number_that_the_program_fills_in_is_a_fact(config, refused):
    text = CONFIG.replace("CosineAnnealingLR", "OneCycleLR").replace(
        "T_max: ${trainer.max_epochs}", "max_lr: 0.1\n    epochs: 20\n    steps_per_epoch: -1\n    interval: step"
    )
    assert refused(text)[0].help == "add `--set steps_per_epoch=500`"
    schedule = config(text, "steps_per_epoch=5")
    assert (schedule.steps, schedule(29)) == (100, pytest.approx(0.1))  # 0.3 of the run, minus one
    assert refused(STEPS.replace("${trainer.max_steps}", "-1"))[0].code == "missing-fact"


@pytest.mark.parametrize(
    "place", ["model:\n  num_epochs: 20", "epochs: 20\nmodel:", "training: {epochs: 20, batch: 8}\nmodel:"]
)
def test_epochs_without_a_trainer(config, place):
    text = CONFIG[CONFIG.index("model:") :].replace("${trainer.max_epochs}", "20").replace("model:", place, 1)
    schedule = config(text)
    assert (schedule.steps, schedule(10)) == (20, pytest.approx(0.05))
    assert schedule.run.reading.derivation[0].endswith("is taken for the epochs of the run")


def test_a_group_of_configs_alone_lacks_the_length(config, refused):
    text = CONFIG[CONFIG.index("  _target_: src.models") :].replace("\n  ", "\n")[2:]
    text = text.replace("${trainer.max_epochs}", "20")
    assert refused(text)[0].help == "add `--set epochs=3`, or `--set steps=1000`"
    assert config(text, "epochs=20")(10) == pytest.approx(0.05)


@pytest.mark.parametrize("scheduler", ["", CONFIG[CONFIG.index("  scheduler") :]])
def test_a_file_that_is_not_composed_says_so(refused, scheduler):
    body = CONFIG[: CONFIG.index("  scheduler")].replace("  max_epochs: 20\n", "")
    (diagnostic,) = refused(
        f"defaults:\n- _self_\n- trainer: gpu\n{body}{scheduler}".replace("${trainer.max_epochs}", "9")
    )
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 1)
    assert "`trainer`" in diagnostic.message


def test_a_whole_file_with_defaults_is_read(config):
    assert config(f"defaults: [base, _self_]\n{CONFIG}").steps == 20
    assert config(f"defaults: [_self_]\n{CONFIG[: CONFIG.index('  scheduler')]}").steps == 20


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("lr: 0.1", "lr: \"${eval:'0.1 * ${n}'}\"", 6),
        ("T_max: ${trainer.max_epochs}", "T_max: ${oc.env:EPOCHS}", 10),
        ("T_max: ${trainer.max_epochs}", "T_max: ???", 10),
        ("torch.optim.lr_scheduler.CosineAnnealingLR", "src.schedules.Warmup", 8),
        ("torch.optim.lr_scheduler.CosineAnnealingLR", "timm.scheduler.PlateauLRScheduler", 8),
        ("torch.optim.lr_scheduler.CosineAnnealingLR", "torch.optim.lr_scheduler.ReduceLROnPlateau", 8),
        ("_partial_: true\n", "interval: batch\n", 9),
        ("    _partial_: true\n    T", "    frequency: 2\n    T", 9),
        ("  optimizer: ", "  second: {_target_: torch.optim.SGD, lr: 1}\n  optimizer: ", 7),
    ],
)
def test_what_the_file_cannot_tell_is_refused_at_its_place(refused, old, new, line):
    (diagnostic, *_) = refused(CONFIG.replace(old, new))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", line)


def test_no_optimizer_in_the_file(refused):
    (diagnostic,) = refused(
        "trainer: {_target_: lightning.Trainer, max_epochs: 3}\nmodel: {_target_: a.B, optimizer: adam}\n"
    )
    assert diagnostic.code == "undetermined"
    assert refused(CONFIG.replace("lr: 0.1, ", ""))[0].help == "add `--set model.optimizer.lr=1e-4`"


def test_a_scheduler_of_timm(config):
    text = CONFIG.replace("torch.optim.lr_scheduler.CosineAnnealingLR", "timm.scheduler.CosineLRScheduler")
    schedule = config(text.replace("T_max: ${trainer.max_epochs}", "t_initial: 20"))
    assert schedule(10) == pytest.approx(0.05)


def test_a_length_that_is_not_in_the_file(refused):
    (diagnostic,) = refused(CONFIG.replace("max_epochs: 20", "max_epochs: ???").replace("${trainer.max_epochs}", "9"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 2)


def test_keys_of_a_schedule_in_the_program_s_own_code(config, refused):
    text = CONFIG[: CONFIG.index("  scheduler")]
    for line in ("warmup_steps: 100", "scheduler: cosine", "lr_decay: 0.5"):
        (diagnostic,) = refused(f"{text}  {line}\n")
        assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 7)
    (diagnostic,) = refused(f"{text}training: {{lr_warmup_steps: 500}}\n")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 7)
    assert set(config(f"{text}  warmup_steps: 0\n  scheduler: null\n  noise_schedule: cosine\n").lr) == {0.1}


def test_a_config_is_composed_from_the_files_beside_it(tmp_path):
    (tmp_path / "model").mkdir()
    model = CONFIG[CONFIG.index("  _target_: src.models") :].replace("\n  ", "\n")[2:]
    (tmp_path / "model" / "net.yaml").write_text(model)
    (tmp_path / "model" / "small.yaml").write_text(model.replace("lr: 0.1", "lr: 0.2"))
    path = tmp_path / "train.yaml"
    path.write_text("defaults:\n  - model: net\n  - _self_\ntrainer:\n  max_epochs: 20\n")
    schedule = lrplot.load(path)
    assert (schedule.run.reading.format, schedule.steps, schedule(0)) == ("hydra", 20, 0.1)
    assert lrplot.load(path, ["model=small"])(0) == 0.2
    assert lrplot.load(path, ["model.optimizer.lr=0.3"])(0) == 0.3
    with pytest.raises(lrplot.SpecError, match="`model=large` is no option"):
        lrplot.load(path, ["model=large"])
