"""YOLOv5's opt.yaml and hyp.yaml: values by its train.py, computed by hand."""

from math import cos, pi

import pytest

OPTIONS = """\
weights: yolov5s.pt
cfg: ''
hyp: data/hyps/hyp.scratch-low.yaml
epochs: 10
batch_size: 16
noautoanchor: false
image_weights: false
cos_lr: false
"""
HYP = "lr0: 0.01\nlrf: 0.1\nmomentum: 0.937\nwarmup_epochs: 3.0\nwarmup_bias_lr: 0.1\nobj: 1.0\nanchor_t: 4.0\n"
WITHIN = OPTIONS.replace("data/hyps/hyp.scratch-low.yaml", "{lr0: 0.01, lrf: 0.1, warmup_epochs: 3.0}")


def line(epoch):
    return 0.01 * ((1 - epoch / 10) * 0.9 + 0.1)


def test_the_hyperparameters_are_those_that_the_run_wrote_beside_its_options(config):
    schedule = config(OPTIONS, "dataset_size=800", name="opt.yaml", files={"hyp.yaml": HYP})
    assert (schedule.run.reading.format, schedule.steps) == ("yolov5", 500)
    assert [schedule(k) for k in (0, 75, 150, 200, 250)] == pytest.approx([0, line(1) / 2, line(3), line(3), line(4)])
    assert [schedule.at(k)["lr/bias"] for k in (0, 150)] == pytest.approx([0.1, line(3)])
    assert [schedule.at(k)["momentum"] for k in (0, 150)] == pytest.approx([0.8, 0.937])


def test_the_hyperparameters_are_those_that_the_options_name(config):
    text = OPTIONS.replace("data/hyps/hyp.scratch-low.yaml", "mine.yaml")
    assert config(text, "steps_per_epoch=50", files={"mine.yaml": HYP})(150) == pytest.approx(line(3))
    assert config(WITHIN, "steps_per_epoch=50")(150) == pytest.approx(line(3))


def test_hyperparameters_alone_need_the_run(config, refused):
    (diagnostic,) = refused(HYP)
    assert diagnostic.help == "add `--set epochs=3`"
    assert config(HYP, "epochs=10", "steps_per_epoch=50")(150) == pytest.approx(line(3))


def test_the_warmup_has_at_least_100_batches(config):
    assert config(WITHIN, "steps_per_epoch=10")(50) == pytest.approx(line(5) / 2)


def test_options_of_2021(config):
    text = WITHIN.replace("cos_lr: false", "linear_lr: false")
    schedule = config(text, "steps_per_epoch=500")
    share = 1 + (0.1 - 1) * (1 - cos(pi * 0.4)) / 2
    assert [schedule(k) for k in (500, 2499)] == pytest.approx(
        [0.01 * (1 - 0.9 * (1 - cos(pi * 0.1)) / 2) * 500 / 1500, 0.01 * (1 - 0.9 * (1 - cos(pi * 0.3)) / 2)]
    )
    assert schedule(2500) == pytest.approx(0.01 * share)
    assert config(text.replace("linear_lr: false", "linear_lr: true"), "steps_per_epoch=500")(2500) == pytest.approx(
        line(4)
    )


def test_other_decays(config, refused):
    assert config(WITHIN + "fixed_lr: true\n", "steps_per_epoch=50")(499) == pytest.approx(0.01)
    text = WITHIN.replace("cos_lr: false", "cos_lr: true")
    assert config(text, "steps_per_epoch=50")(499) == pytest.approx(0.01 * (1 - 0.9 * (1 - cos(pi * 0.8)) / 2))
    (diagnostic,) = refused(WITHIN + "flat_cos_lr: true\n", "steps_per_epoch=50")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 8)


@pytest.mark.parametrize("extra", ["adam: true\n", "optimizer: AdamW\n"])
def test_adam_has_no_momentum(config, extra):
    assert config(WITHIN + extra, "steps_per_epoch=50").tracks == ("lr", "lr/bias")


def test_missing_facts(refused):
    (diagnostic,) = refused(WITHIN)
    assert diagnostic.help == "add `--set dataset_size=50000`, or `--set steps_per_epoch=500`"
    (diagnostic,) = refused(OPTIONS, "steps_per_epoch=50")
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 2)
    (diagnostic,) = refused(OPTIONS, "steps_per_epoch=50", "hyp=")
    assert diagnostic.help == "add `--set lr0=0.01 --set lrf=0.01`"
    assert refused(OPTIONS.replace("data/hyps/hyp.scratch-low.yaml", "[1]"), "steps_per_epoch=5")[0].code == "bad-type"


def test_a_batch_size_that_is_found_by_measuring_leaves_the_batches_of_an_epoch_to_be_given(config, refused):
    text = WITHIN.replace("batch_size: 16", "batch_size: -1")
    assert config(text, "steps_per_epoch=50", name="opt.yaml").steps == 500
    (diagnostic,) = refused(text, "dataset_size=800", name="opt.yaml")
    assert (diagnostic.code, diagnostic.help) == ("missing-fact", "add `--set steps_per_epoch=500`")
