"""open_clip's flags: values by open_clip_train/scheduler.py, written in its order."""

from math import cos, pi

import pytest

FLAGS = """\
torchrun --nproc_per_node 4 -m open_clip_train.main --train-data 'x/{000..999}.tar' --train-num-samples 10000 \\
  --zeroshot-frequency 1 --lr 1e-3 --warmup 10 --wd 0.1 --batch-size 64 --epochs 5 --workers 3 --model ViT-B-32
"""
STEPS = 42 * 5  # ceil(10000 / 256) = 40 batches, ceil(40 / 3) = 14 for each loader


def program(step, total=STEPS, warmup=10, name="cosine", cooldown=0, power=1.0, end=0.0):
    if step < warmup:
        return 1e-3 * (step + 1) / warmup
    if name == "cosine":
        return 0.5 * (1 + cos(pi * (step - warmup) / (total - warmup))) * 1e-3
    if step < total - cooldown:
        return 1e-3
    return (1 - (step - total + cooldown) / cooldown) ** power * (1e-3 - end) + end


def load(config, text=FLAGS, *settings):
    return config(text, *settings, name="train.sh")


def test_warmup_and_cosine(config):
    schedule = load(config)
    assert (schedule.run.reading.format, schedule.steps) == ("open-clip", STEPS)
    assert schedule.lr.tolist() == pytest.approx([program(s) for s in range(STEPS)])
    assert schedule.at(0)["weight_decay"] == 0.1


def test_a_constant_rate_with_a_warmup_and_without(config):
    text = FLAGS.replace("--lr 1e-3", "--lr 1e-3 --lr-scheduler const")
    assert load(config, text).lr.tolist() == pytest.approx([program(s, name="const") for s in range(STEPS)])
    assert set(load(config, FLAGS.replace("--lr 1e-3", "--lr 1e-3 --skip-scheduler")).lr) == {1e-3}


@pytest.mark.parametrize(("epochs", "power"), [(1, 1.0), (3, 2.0), (5, 1.0)])
def test_a_cooldown(config, epochs, power):
    flags = "--lr 1e-3 --lr-scheduler const-cooldown --lr-cooldown-end 1e-5"
    flags += f" --epochs-cooldown {epochs} --lr-cooldown-power {power}"
    schedule = load(config, FLAGS.replace("--lr 1e-3", flags))
    expected = [program(s, name="", cooldown=42 * epochs, power=power, end=1e-5) for s in range(STEPS)]
    assert schedule.lr.tolist() == pytest.approx(expected)


def test_what_a_cooldown_needs(config, refused):
    text = FLAGS.replace("--lr 1e-3", "--lr 1e-3 --lr-scheduler const-cooldown")
    assert load(refused, text)[0].message.startswith("AssertionError")
    text = text.replace("--lr 1e-3", "--lr 1e-3 --epochs-cooldown 1").replace("--nproc_per_node 4", "")
    assert load(config, text, "steps=100").lr.tolist() == pytest.approx(
        [program(s, 100, 10, "", 20) for s in range(100)]
    )
    assert load(refused, text, "steps=99")[0].help == "add `--set steps_per_epoch=500`"


def test_the_length(config, refused):
    assert load(config, FLAGS.replace("--batch-size 64", "--batch-size 64 --accum-freq 4")).steps == 42 // 4 * 5
    rows = FLAGS.replace("'x/{000..999}.tar'", "train.csv")
    assert load(config, rows).steps == 10000 // 4 // 64 * 5
    assert load(config, FLAGS, "devices=8").steps == 21 * 5  # 20 batches, 7 for each of 3 loaders
    assert load(config, FLAGS, "dataset_size=25600").steps == 102 * 5
    assert load(config, FLAGS, "steps_per_epoch=7").steps == 35
    assert load(config, FLAGS, "steps=9").lr.tolist() == pytest.approx([program(s, 9) for s in range(9)])
    alone = FLAGS.replace("--nproc_per_node 4", "").replace("--train-num-samples 10000", "")
    assert load(refused, alone)[0].help.endswith("`--set dataset_size=50000 --set devices=8`")
    assert (
        load(refused, FLAGS.replace("64", "64000").replace("tar", "csv").replace("'x/{000..999}.csv'", "a.csv"))[0].code
        == "bad-value"
    )
    assert load(config, FLAGS.replace("--nproc_per_node 4", "--nproc_per_node 4 --nnodes 2")).steps == 21 * 5


def test_the_file_that_a_run_writes(config):
    text = (
        "batch_size: 64\nepochs: 20\nepochs_cooldown: None\nlocal_loss: True\nlr: 0.001\nlr_scheduler: cosine\n"
        "train_data: t.tsv\ntrain_num_samples: None\nwarmup: 100\nwandb_notes: \nworld_size: 8\nzeroshot_frequency: 2\n"
    )
    schedule = config(text, "dataset_size=51300", name="params.txt")
    assert (schedule.run.reading.format, schedule.steps) == ("open-clip", 2000)  # ceil(51300 / 8) // 64
    assert schedule(1050) == pytest.approx(5e-4)
