"""Ultralytics' args.yaml: values by its trainer.py, computed by hand."""

import pytest

CONFIG = """\
task: detect
mode: train
data: data.yaml
epochs: 10
batch: 16
imgsz: 640
optimizer: SGD
lr0: 0.01
lrf: 0.01
momentum: 0.937
warmup_epochs: 3.0
warmup_momentum: 0.8
warmup_bias_lr: 0.1
nbs: 64
"""
AUTO = CONFIG.replace("SGD", "auto")


def line(epoch):
    return 0.01 * ((1 - epoch / 10) * 0.99 + 0.01)


def test_the_weights_and_the_biases(config):
    schedule = config(CONFIG, "dataset_size=800")
    assert schedule.steps == 500
    assert schedule.run.reading.derivation == (
        "800 images ÷ 16 a batch = 50 batches in an epoch",
        "a step is a batch; the optimizer moves every 4 of them",
    )
    assert [schedule(k) for k in (0, 75, 150, 499)] == pytest.approx([0, line(1) / 2, line(3), line(9)])
    values = [schedule.at(k) for k in (0, 75, 150)]
    assert [each["lr/bias"] for each in values] == pytest.approx([0.1, (0.1 + line(1)) / 2, line(3)])
    assert [each["momentum"] for each in values] == pytest.approx([0.8, 0.8685, 0.937])


def test_a_cosine(config):
    assert config(CONFIG + "cos_lr: true\n", "steps_per_epoch=50")(250) == pytest.approx(0.01 * 0.505)


@pytest.mark.parametrize("extra", ["end2end: null\n", "tracker: botsort.yaml\n", "line_thickness: 3\n"])
def test_files_of_older_versions_are_told_by_their_keys(config, extra):
    text = CONFIG.replace("warmup_epochs: 3.0", "warmup_epochs: 1") + "save_dir: runs\n" + extra
    schedule = config(text, "steps_per_epoch=50")
    assert schedule(50) == pytest.approx(line(1) / 2)  # 100 batches at least
    late = line(2) if "line_thickness" in extra else line(3)
    assert schedule(150) == pytest.approx(late)


def test_the_newest_rules_have_no_shortest_warmup(config):
    text = CONFIG.replace("warmup_epochs: 3.0", "warmup_epochs: 1") + "save_dir: runs\nrle: 1.0\n"
    assert config(text, "steps_per_epoch=50")(50) == pytest.approx(line(1))
    assert config(text, "steps_per_epoch=50", format="ultralytics@8.3")(50) == pytest.approx(line(1) / 2)


def test_without_a_warmup_an_epoch_is_a_step(config):
    schedule = config(CONFIG.replace("warmup_epochs: 3.0", "warmup_epochs: 0"))
    assert (schedule.steps, schedule.tracks) == (10, ("lr", "momentum"))
    assert schedule(5) == pytest.approx(line(5))


def test_auto_takes_adamw_for_up_to_10000_updates(config):
    schedule = config(AUTO, "dataset_size=800", "nc=6")
    # round(0.002 · 5 / (4 + 6), 6) = 0.001; the biases start at 0.
    assert schedule(150) == pytest.approx(line(3) / 10)
    assert (schedule.at(0)["lr/bias"], schedule.tracks) == (0, ("lr", "lr/bias"))
    remarks = schedule.run.reading.remarks
    assert [(each.code, each.severity, each.span.line) for each in remarks] == [
        ("ignored-key", "note", 7),
        ("ignored-key", "note", 12),
    ]


def test_auto_counts_updates_of_at_least_64_images(config):
    # 4,000 batches in each of 10 epochs, but ceil(64,000 / 64) · 10 = 10,000 updates.
    assert config(AUTO, "dataset_size=64_000", "nc=6").at(39_999)["lr"] < 0.001
    schedule = config(AUTO, "dataset_size=64_001")
    assert schedule(12_003) == pytest.approx(line(3))
    assert schedule.at(39_999)["lr/head"] == pytest.approx(3 * line(9))
    assert config(AUTO, "dataset_size=64_001", format="ultralytics@8.3").tracks == ("lr", "momentum", "lr/bias")


def test_auto_needs_the_number_of_classes(refused):
    diagnostics = refused(AUTO)
    assert [each.help for each in diagnostics] == [
        "add `--set dataset_size=50000`, or `--set steps_per_epoch=500`",
        "add `--set nc=80`",
    ]
    (diagnostic,) = refused(AUTO, "dataset_size=800")
    assert diagnostic.help == "add `--set nc=80`"
    # 2,667 batches of 24 are 63,985 … 64,008 images: 10,000 updates or 10,010.
    (diagnostic,) = refused(AUTO.replace("batch: 16", "batch: 24"), "steps_per_epoch=2667", "nc=6")
    assert diagnostic.help == "add `--set dataset_size=50000`"
    (diagnostic,) = refused(AUTO.replace("batch: 16", "batch: -1"), "steps_per_epoch=4000", "nc=6")
    assert diagnostic.help == "add `--set dataset_size=50000`"


def test_a_warmup_needs_the_batches_of_an_epoch(refused):
    (diagnostic,) = refused(CONFIG.replace("batch: 16", "batch: -1"))
    assert diagnostic.help == "add `--set steps_per_epoch=500`"


def test_hours_are_refused(refused):
    (diagnostic,) = refused(CONFIG + "time: 2.5\n", "dataset_size=800")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 14)


@pytest.mark.parametrize(
    ("data", "nc"),
    [
        ("nc: 6\nnames: [a, b]\n", 6),
        ("names: [a, b]\n", 2),
        ("path: x\nnames:\n  0: a\n  1: b\n  2: c\n", 3),
    ],
)
def test_the_classes_are_those_of_the_data_set_s_file(config, data, nc):
    schedule = config(AUTO, "dataset_size=800", files={"data.yaml": data})
    assert f"{nc} classes in data.yaml" in schedule.run.reading.derivation
    peak = round(0.002 * 5 / (4 + nc), 6)
    assert schedule(150) == pytest.approx(peak * line(3) / 0.01)
    # At a path of another machine the file is looked for beside the arguments.
    for place in ("/home/me/sets/data.yaml", "C:\\sets\\data.yaml"):
        other = config(AUTO.replace("data.yaml", place), "dataset_size=800", files={"data.yaml": data})
        assert other.lr.tolist() == schedule.lr.tolist()
    assert config(AUTO, "dataset_size=800", "nc=80", files={"data.yaml": data})(150) != schedule(150)
    single = config(AUTO + "single_cls: true\n", "dataset_size=800", files={"data.yaml": data})
    assert single(150) == pytest.approx(0.002 * line(3) / 0.01)


@pytest.mark.parametrize("data", ["train: images\n", "names: [", "[]"])
def test_classes_that_the_data_set_s_file_does_not_give_are_asked_for(refused, data):
    (diagnostic,) = refused(AUTO, "dataset_size=800", files={"data.yaml": data})
    assert diagnostic.help == "add `--set nc=80`"
    (diagnostic,) = refused(AUTO.replace("data.yaml", "imagenet"), "dataset_size=800")
    assert diagnostic.help == "add `--set nc=80`"
