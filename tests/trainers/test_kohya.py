"""kohya's configs: values by sd-scripts' get_scheduler_fix and transformers' formulas, by hand."""

from math import cos, pi

import pytest

TOML = """\
[network_arguments]
network_module = "networks.lora"
network_dim = 32
[optimizer_arguments]
optimizer_type = "AdamW8bit"
learning_rate = 1e-3
lr_scheduler = "cosine"
lr_warmup_steps = 100
[training_arguments]
max_train_steps = 1000
train_batch_size = 2
gradient_accumulation_steps = 2
clip_skip = 2
"""
JSON = """\
{
  "LoRA_type": "Standard", "clip_skip": "1", "cache_latents": true,
  "epoch": 4, "learning_rate": "0.001", "lr_scheduler": "cosine", "lr_scheduler_num_cycles": "",
  "lr_warmup": 10, "max_train_epochs": "", "max_train_steps": "1234", "optimizer": "AdamW8bit",
  "optimizer_args": "", "text_encoder_lr": 0.0005, "train_batch_size": 2, "unet_lr": 0.001,
  "gradient_accumulation_steps": 1.0
}
"""


def toml(config, text=TOML, *settings):
    return config(text, *settings, name="config.toml")


def interface(config, text=JSON, *settings, format=""):
    return config(text, *settings, name="config.json", format=format)


def with_scheduler(name, more=""):
    return TOML.replace('"cosine"', f'"{name}"\n{more}')


def test_warmup_and_cosine_with_keys_in_sections(config):
    schedule = toml(config)
    assert (schedule.run.reading.format, schedule.steps) == ("kohya", 1000)
    assert [schedule(k) for k in (0, 50, 100, 550)] == pytest.approx([0, 5e-4, 1e-3, 5e-4])


def test_keys_without_sections_and_flags(config):
    flat = "".join(f"{line}\n" for line in TOML.splitlines() if not line.startswith("["))
    assert toml(config, flat).lr.tolist() == toml(config).lr.tolist()
    flags = " ".join("--" + line.replace(" = ", "=") for line in flat.splitlines())
    assert config(f"accelerate launch train_network.py {flags}", name="a.sh").lr.tolist() == toml(config).lr.tolist()


def test_a_warmup_with_a_fraction_is_a_share(config):
    for share in ("0.1", "0.1009"):
        text = TOML.replace("lr_warmup_steps = 100", f"lr_warmup_steps = {share}")
        assert toml(config, text).lr.tolist() == toml(config).lr.tolist()
    beyond = toml(config, TOML.replace("lr_warmup_steps = 100", "lr_warmup_steps = 2.0"))
    assert beyond(999) == pytest.approx(1e-3 * 999 / 2000)


def test_each_process_steps_the_scheduler(config):
    schedule = toml(config, TOML, "devices=2")
    # 2,000 steps of the scheduler, of which 100 are the warmup, in 1,000 updates
    assert [schedule(k) for k in (25, 50, 525)] == pytest.approx([5e-4, 1e-3, 5e-4])
    share = toml(config, TOML.replace("lr_warmup_steps = 100", "lr_warmup_steps = 0.1"), "devices=2")
    assert share.lr.tolist() == pytest.approx(toml(config).lr.tolist())


@pytest.mark.parametrize(
    ("name", "more", "value"),
    [
        ("linear", "", 1e-3 * 450 / 900),
        ("constant_with_warmup", "", 1e-3),
        ("cosine_with_restarts", "lr_scheduler_num_cycles = 3", 1e-3 * (1 + cos(pi * 0.5)) / 2),
        ("polynomial", "lr_scheduler_power = 2", (1e-3 - 1e-7) * 0.25 + 1e-7),
        ("cosine_with_min_lr", "lr_scheduler_min_lr_ratio = 0.1", 5.5e-4),
        ("inverse_sqrt", "", 1e-3 * (100 / 550) ** 0.5),
        ("inverse_sqrt", "lr_scheduler_timescale = 50", 1e-3 * (50 / 500) ** 0.5),
        ("warmup_stable_decay", "lr_decay_steps = 0.5", 1e-3 * (1 + cos(pi * 50 / 500)) / 2),
    ],
)
def test_every_schedule(config, name, more, value):
    assert toml(config, with_scheduler(name, more))(550) == pytest.approx(value)


def test_a_scheduler_of_torch_and_steps_of_shares(config, refused):
    text = TOML.replace(
        "lr_warmup_steps = 100", 'lr_scheduler_type = "CosineAnnealingLR"\nlr_scheduler_args = ["T_max=500"]'
    )
    assert toml(config, text)(250) == pytest.approx(5e-4)
    text = with_scheduler("piecewise_constant", 'lr_scheduler_args = ["step_rules=1:100,0.1"]').replace(
        "= 100\n", "= 0\n"
    )
    assert [toml(config, text)(k) for k in (99, 100)] == pytest.approx([1e-3, 1e-4])
    (diagnostic,) = toml(refused, with_scheduler("constant"))
    assert (diagnostic.message[:10], diagnostic.span.line) == ("ValueError", 8)


def test_the_length(config, refused):
    epochs = TOML.replace("max_train_steps = 1000", "max_train_epochs = 3")
    assert toml(refused, epochs)[0].code == "missing-fact"
    assert toml(config, epochs, "dataset_size=101").steps == 3 * 26  # ceil(51 / 2)
    assert toml(config, epochs, "dataset_size=101", "devices=4").steps == 3 * 7  # ceil(51 / 4 / 2)
    assert toml(config, epochs, "steps_per_epoch=10").steps == 30
    both = toml(config, TOML.replace("max_train_steps", "max_train_epochs = 3\nmax_train_steps"), "steps=20")
    assert both.steps == 20
    both = toml(config, TOML.replace("max_train_steps", "max_train_epochs = 3\nmax_train_steps"), "steps_per_epoch=9")
    assert (both.steps, both.run.reading.remarks[0].code) == (27, "ignored-key")
    assert toml(config, TOML.replace("max_train_steps = 1000\n", "")).steps == 1600


def test_the_text_encoder_is_a_group(config):
    schedule = toml(
        config, TOML.replace("learning_rate", "unet_lr = 2e-3\ntext_encoder_lr = [1e-4, 2e-3]\nlearning_rate")
    )
    assert schedule.at(100) == pytest.approx({"lr": 2e-3, "lr/text_encoder_1": 1e-4})
    schedule = toml(config, TOML.replace("learning_rate", "unet_lr = 2e-3\nlearning_rate"))
    assert schedule.at(100) == pytest.approx({"lr": 2e-3, "lr/text_encoder": 1e-3})
    alone = "network_train_unet_only = true\nunet_lr = 2e-3\nlearning_rate"
    assert toml(config, TOML.replace("learning_rate", alone)).at(100) == pytest.approx({"lr": 2e-3})
    alone = "network_train_text_encoder_only = true\ntext_encoder_lr = 2e-3\nlearning_rate"
    assert toml(config, TOML.replace("learning_rate", alone)).at(100) == pytest.approx({"lr": 2e-3})


def test_without_a_learning_rate(config, refused):
    assert toml(config, TOML.replace("learning_rate = 1e-3", ""))(100) == pytest.approx(2e-6)  # the default
    schedule = toml(config, TOML.replace("learning_rate = ", "text_encoder_lr = "))
    assert schedule.at(100) == pytest.approx({"lr": 2e-6, "lr/text_encoder": 1e-3})
    nothing = JSON.replace('"0.001"', '""').replace('"unet_lr": 0.001', '"unet_lr": 0').replace("0.0005", "0")
    assert interface(refused, nothing)[0].help == "add `--set learning_rate=1e-4`"


def test_a_part_with_a_rate_of_0_is_not_trained(config):
    schedule = toml(config, TOML.replace("learning_rate", "unet_lr = 0\ntext_encoder_lr = 2e-3\nlearning_rate"))
    assert schedule.at(100) == pytest.approx({"lr": 2e-3})
    schedule = toml(config, TOML.replace("learning_rate", "text_encoder_lr = 0\nlearning_rate"))
    assert schedule.at(100) == pytest.approx({"lr": 1e-3})


def test_optimizers_that_have_a_learning_rate_of_their_own(config, refused):
    prodigy = toml(config, TOML.replace("AdamW8bit", "Prodigy"))
    assert "a factor" in prodigy.run.reading.derivation[-1]
    (diagnostic,) = toml(refused, TOML.replace("AdamW8bit", "AdaFactor"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 4)
    fixed = 'AdaFactor"\noptimizer_args = ["relative_step = False", "warmup_init=False"]'
    assert toml(config, TOML.replace('AdamW8bit"', fixed))(550) == pytest.approx(5e-4)
    assert toml(refused, with_scheduler("adafactor").replace("= 100\n", "= 0\n"))[0].code == "undetermined"
    assert set(toml(config, TOML.replace("AdamW8bit", "AdamWScheduleFree")).lr) == {1e-3}


def test_the_percent_of_the_user_interface(config):
    schedule = interface(config)
    assert (schedule.run.reading.format, schedule.run.reading.version) == ("kohya", "24")
    assert schedule.at(123) == pytest.approx({"lr": 1e-3, "lr/text_encoder": 5e-4})  # round(123.4)
    halves = JSON.replace('"1234"', '"1235"')
    assert interface(config, halves)(123) == pytest.approx(1e-3 * 123 / 124)  # round(123.5)
    newer = halves.replace('"lr_warmup": 10', '"lr_warmup": 10, "lr_warmup_steps": 0')
    assert interface(config, newer).run.reading.version == "25"
    assert interface(config, newer)(123) == pytest.approx(1e-3)  # int(0.1 · 1235)
    described = newer.replace('"epoch"', '"dataset_config": "d.toml", "epoch"')
    assert interface(config, described)(123) == pytest.approx(1e-3 * 123 / 124)
    steps = interface(config, newer.replace('steps": 0', 'steps": 200'))
    assert (steps(100), steps.run.reading.remarks[0].code) == (pytest.approx(5e-4), "ignored-key")
    assert interface(config, JSON.replace('"lr_warmup": 10', '"lr_warmup": ""'))(0) == 1e-3


def test_the_length_in_the_user_interface(config, refused):
    folders = JSON.replace('"1234"', "0")
    assert interface(refused, folders)[0].code == "missing-fact"
    assert interface(config, folders, "dataset_size=101").steps == 202  # ceil(101 / 2 / 1 * 4)
    assert interface(config, folders, "steps_per_epoch=51").steps == 4 * 51
    regular = folders.replace('"epoch"', '"reg_data_dir": "reg", "epoch"')
    assert interface(config, regular, "dataset_size=101").steps == 404
    restarts = JSON.replace('"cosine"', '"cosine_with_restarts"').replace('"lr_warmup": 10', '"lr_warmup": 0')
    # as many falls as epochs, if the number is empty
    assert interface(config, restarts.replace('"1234"', "400"))(150) == pytest.approx(5e-4)


def test_a_rate_of_0_in_the_user_interface_is_none(config):
    only = interface(config, JSON.replace("0.0005", "0"))
    assert only.tracks == ("lr",)
    text = interface(config, JSON.replace('"unet_lr": 0.001', '"unet_lr": 0'))
    assert (text.tracks, text.lr.max()) == (("lr",), pytest.approx(5e-4))
    neither = interface(config, JSON.replace('"unet_lr": 0.001', '"unet_lr": 0').replace("0.0005", "0"))
    assert (neither.tracks, neither.lr.max()) == (("lr",), pytest.approx(1e-3))
