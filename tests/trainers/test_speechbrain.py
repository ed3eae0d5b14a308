"""SpeechBrain's hyperparameters: values by speechbrain/nnet/schedulers.py, called as the recipes do."""

import pytest

BASE = """
seed: 1986
__set_seed: !apply:speechbrain.utils.seed_everything [!ref <seed>]
output_folder: !ref results/<seed>
save_folder: !ref <output_folder>/save
train_logger: !new:speechbrain.utils.train_logger.FileTrainLogger
    save_file: !ref <output_folder>/log.txt
number_of_epochs: 10
lr: 1e-3
warmup: 25
modules: {}
epoch_counter: !new:speechbrain.utils.epoch_loop.EpochCounter
    limit: !ref <number_of_epochs>
checkpointer: !new:speechbrain.utils.checkpoints.Checkpointer
    recoverables: {counter: !ref <epoch_counter>}
"""
ADAM = "opt_class: !name:torch.optim.Adam\n    lr: !ref <lr>\n    weight_decay: 0.01\n"


def scheduler(name, key="lr_annealing", **arguments):
    lines = "".join(f"    {argument}: {value}\n" for argument, value in arguments.items())
    return f"{key}: !new:speechbrain.nnet.schedulers.{name}\n{lines}"


NOAM = scheduler("NoamScheduler", "noam_annealing", lr_initial="!ref <lr> * 2", n_warmup_steps="!ref <warmup> * 4")


def test_update_zero_has_the_optimizers_learning_rate(config):
    schedule = config(BASE + ADAM + NOAM, "steps_per_epoch=50")
    assert (schedule.run.reading.format, schedule.steps) == ("speechbrain", 500)
    assert [schedule(s) for s in (0, 1, 100, 400)] == pytest.approx([1e-3, 2e-5, 2e-3, 1e-3])


def test_settings_reach_what_is_referred_to(config):
    schedule = config(BASE + ADAM + NOAM, "steps_per_epoch=50", "lr=0.01", "warmup=5")
    assert schedule(20) == pytest.approx(0.02)


def test_any_number_of_tags_is_allowed(config):
    tags = "".join(f"x{number}: !ref <seed>\n" for number in range(100))
    assert config(BASE + ADAM + NOAM + tags, "steps=30").steps == 30


def test_values_are_named_by_the_key_that_holds_them(config):
    keys = config(BASE + ADAM + NOAM, "steps=30").run.reading.keys
    assert {"lr", "number_of_epochs", "noam_annealing.lr_initial"} <= {*keys.values()}
    assert "opt_class.lr" not in keys.values()


def test_schedulers_by_epoch_need_no_epoch_length(config):
    line = scheduler(
        "LinearScheduler", initial_value="!ref <lr>", final_value=1e-4, epoch_count="!ref <number_of_epochs>"
    )
    schedule = config(BASE + ADAM + line)
    assert schedule.steps == 10
    assert [schedule(s) for s in (0, 1, 9)] == pytest.approx([1e-3, 9e-4, 1e-4])
    schedule = config(BASE + ADAM + line, "steps_per_epoch=3")
    assert [schedule(s) for s in (2, 3, 29)] == pytest.approx([1e-3, 9e-4, 1e-4])


def test_the_limit_of_updates_cuts_the_run(config):
    assert config(f"{BASE}{ADAM}{NOAM}optimizer_step_limit: 120\n").steps == 120
    assert config(f"{BASE}{ADAM}{NOAM}optimizer_step_limit: 120\n", "steps_per_epoch=5").steps == 50


def test_a_run_is_as_long_as_its_schedule_if_nothing_else_says(config):
    text = scheduler("WarmAndExpDecayLRSchedule", lr="!ref <lr>", n_warmup_steps=20, total_steps=220)
    schedule = config(BASE + ADAM + text)
    assert schedule.steps == 220
    assert schedule(121) == pytest.approx(1e-3 * 0.1**0.5)
    assert "as long as its schedule" in schedule.run.reading.derivation[0]


def test_every_scheduler_has_its_own_optimizer(config):
    text = "lr_w2v: 1e-5\nwav2vec_opt_class: !name:torch.optim.Adam\n    lr: !ref <lr_w2v>\n"
    text += "model_opt_class: !name:torch.optim.Adadelta\n    lr: !ref <lr>\n"
    text += scheduler("NoamScheduler", "lr_annealing_model", lr_initial="!ref <lr>", n_warmup_steps=10)
    text += scheduler("NoamScheduler", "lr_annealing_wav2vec", lr_initial="!ref <lr_w2v>", n_warmup_steps=20)
    values = config(BASE + text, "steps=50").evaluate()
    assert [values["lr"][0], values["lr"][10]] == pytest.approx([1e-3, 1e-3])
    assert [values["lr/wav2vec"][0], values["lr/wav2vec"][20]] == pytest.approx([1e-5, 1e-5])


def test_schedulers_of_other_things_are_left_alone(config):
    text = scheduler("StepScheduler", "guided_attention_scheduler", initial_value=25.0, half_life=5)
    assert config(BASE + ADAM + text, "steps=5").lr.tolist() == [1e-3] * 5


def test_without_an_optimizer_update_zero_has_the_schedulers_learning_rate(config):
    schedule = config(BASE + NOAM, "steps=50")
    assert schedule(0) == 2e-3
    assert "no optimizer is named" in schedule.run.reading.derivation[0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (scheduler("NewBobScheduler", initial_value=1), "`lr_annealing` is a NewBobScheduler, which follows a metric"),
        (scheduler("ReduceLROnPlateau", "lr_scheduler"), "follows a metric"),
        ("lr_annealing: !new:mine.schedulers.Wave\n    lr: 1\n", "`mine.schedulers.Wave`, which is not one"),
        (scheduler("NoamScheduler", lr_initial="!ref <nothing>", n_warmup_steps=3), "`lr_initial` is `!ref <nothing>`"),
    ],
)
def test_what_cannot_be_known_is_refused_at_its_place(refused, config, more, message):
    (diagnostic,) = refused(BASE + ADAM + more, "steps=10")
    assert diagnostic.code == "undetermined"
    assert message in diagnostic.message
    assert diagnostic.span.line > 17
    key = more.partition(":")[0]
    assert config(BASE + ADAM + more, "steps=10", f"{key}=").lr.tolist() == [1e-3] * 10


def test_what_is_missing(refused):
    (diagnostic,) = refused(BASE + ADAM + NOAM)
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set steps=1000`"
    (diagnostic,) = refused(BASE, "steps=10")
    assert diagnostic.code == "missing-fact"
    assert "learning rate" in diagnostic.message
