"""The flags of diffusers' examples: values by diffusers/optimization.py, by hand."""

import pytest

FLAGS = """\
accelerate launch train_text_to_image.py --pretrained_model_name_or_path=sd --checkpointing_steps=500 \\
  --train_batch_size=2 --gradient_accumulation_steps=4 --learning_rate=1e-4 \\
  --lr_scheduler=cosine --lr_warmup_steps=100 --max_train_steps=1100
"""


def load(config, text=FLAGS, *settings):
    return config(text, *settings, name="train.sh")


def test_warmup_and_cosine(config):
    schedule = load(config)
    assert (schedule.run.reading.format, schedule.steps) == ("diffusers", 1100)
    assert [schedule(k) for k in (0, 50, 100, 600)] == pytest.approx([0, 5e-5, 1e-4, 5e-5])
    assert load(config, FLAGS, "devices=8").lr.tolist() == schedule.lr.tolist()


def test_arguments_of_schedules(config):
    restarts = FLAGS.replace("=cosine", "=cosine_with_restarts --lr_num_cycles=2")
    assert [load(config, restarts)(k) for k in (350, 600)] == pytest.approx([5e-5, 1e-4])
    polynomial = FLAGS.replace("=cosine", "=polynomial --lr_power=2")
    assert load(config, polynomial)(600) == pytest.approx((1e-4 - 1e-7) / 4 + 1e-7)


def test_a_warmup_that_does_nothing(config):
    schedule = load(config, FLAGS.replace("=cosine", "=constant"))
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.span.line, set(schedule.lr)) == ("ignored-key", 2, {1e-4})


def test_a_rate_that_grows_with_the_batch(config, refused):
    text = FLAGS.replace("=1e-4", "=1e-4 --scale_lr")
    assert load(config, text, "devices=2")(100) == pytest.approx(1.6e-3)
    assert load(config, text.replace("launch", "launch --num_processes 2"))(100) == pytest.approx(1.6e-3)
    assert load(refused, text)[0].help == "add `--set devices=8`"
    alone = text.replace("--train_batch_size=2", "")
    assert load(refused, alone, "devices=2")[0].help == "add `--set train_batch_size=16`"
    assert load(refused, FLAGS.replace("--learning_rate=1e-4", ""))[0].help == "add `--set learning_rate=1e-4`"


def test_the_length(config, refused):
    epochs = FLAGS.replace("max_train_steps=1100", "num_train_epochs=3")
    assert load(refused, epochs)[0].code == "missing-fact"
    assert load(config, epochs, "dataset_size=101").steps == 3 * 13  # ceil(51 / 4)
    assert load(config, epochs, "dataset_size=101", "devices=4").steps == 3 * 4  # ceil(13 / 4)
    assert load(config, epochs, "steps_per_epoch=9").steps == 27
    assert load(config, FLAGS, "steps=50").steps == 50
    both = load(config, FLAGS.replace("--max_train", "--num_train_epochs=3 --max_train"))
    assert (both.steps, both.run.reading.remarks[0].code) == (1100, "ignored-key")
    assert load(refused, FLAGS.replace("--max_train_steps=1100", ""))[0].help.startswith(
        "add `--set max_train_steps=1000`"
    )
