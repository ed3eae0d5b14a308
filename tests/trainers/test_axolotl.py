"""axolotl's YAML: values by the formulas of axolotl/utils/schedulers.py, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
base_model: NousResearch/Llama-3.2-1B
datasets:
  - path: teknium/GPT4-LLM-Cleaned
    type: alpaca
sequence_len: 2048
adapter: lora

gradient_accumulation_steps: 2
micro_batch_size: 4
num_epochs: 3
optimizer: adamw_8bit
lr_scheduler: cosine
learning_rate: 2e-4

warmup_ratio: 0.1
flash_attention: true
special_tokens:
  pad_token: "<|end_of_text|>"
"""
T = "max_steps=110"


def test_the_length_follows_from_all_epochs_at_once(config):
    schedule = config(CONFIG, "dataset_size=1003", "devices=1")
    assert schedule.steps == 377  # ceil(3009 / 8), not 3 · ceil(1003 / 8)
    assert schedule.run.reading.format == "axolotl"
    assert schedule.run.reading.derivation == ("1,003 examples × 3 epochs ÷ 8 examples per update = 377 updates",)
    assert [schedule(k) for k in (0, 36, 37)] == pytest.approx([0, 2e-4 * 36 / 37, 2e-4])  # int(37.7)


def test_without_a_warmup_three_percent_are_taken_at_most_100(config):
    text = CONFIG.replace("warmup_ratio: 0.1", "")
    assert config(text, "steps=1000")(30) == pytest.approx(2e-4)
    assert [config(text, "steps=10000")(k) for k in (50, 100)] == pytest.approx([1e-4, 2e-4])


def test_a_warmup_of_one_update_has_two(config):
    assert config(CONFIG.replace("warmup_ratio: 0.1", "warmup_steps: 1"), T)(1) == pytest.approx(1e-4)


def test_two_warmups_are_refused(refused):
    (diagnostic,) = refused(CONFIG + "warmup_steps: 10\n", T)
    assert (diagnostic.span.line, diagnostic.help) == (14, "remove one of them")


def test_a_floor(config):
    schedule = config(CONFIG + "cosine_min_lr_ratio: 0.1\n", T)
    assert [schedule(k) for k in (11, 61)] == pytest.approx([2e-4, 2e-4 * (0.1 + 0.9 * (1 + cos(pi * 50 / 99)) / 2)])


def test_a_constant_part_at_the_end(config):
    schedule = config(CONFIG + "cosine_min_lr_ratio: 0.1\ncosine_constant_lr_ratio: 0.8\n", T)
    # The cosine lies between 11 and int(110 · 0.8) = 88.
    assert [schedule(k) for k in (50, 88, 109)] == pytest.approx(
        [2e-4 * (0.1 + 0.9 * (1 + cos(pi * 39 / 77)) / 2), 2e-5, 2e-5]
    )


def test_a_quadratic_warmup_ignores_the_floor(config):
    schedule = config(CONFIG + "lr_quadratic_warmup: true\ncosine_min_lr_ratio: 0.1\n", T)
    assert [schedule(k) for k in (0, 5, 11)] == pytest.approx([0, 2e-4 * 25 / 121, 2e-4])
    remark = schedule.run.reading.remarks[-1]
    assert (remark.code, remark.span.line) == ("ignored-key", 19)


def test_rex_starts_above_zero_and_ends_at_its_floor(config):
    text = CONFIG.replace("lr_scheduler: cosine", "lr_scheduler: rex") + "cosine_min_lr_ratio: 0.1\n"
    schedule = config(text, T)
    z = (110 - 61) / 99
    assert [schedule(k) for k in (0, 10, 60, 109)] == pytest.approx(
        [2e-4 / 11, 2e-4, 2e-4 * (0.1 + 0.9 * z / (0.1 + 0.9 * z)), 2e-5]
    )


def test_one_cycle_is_torch_s(config):
    text = CONFIG.replace("lr_scheduler: cosine", "lr_scheduler: one_cycle\nlr_scheduler_kwargs:\n  div_factor: 10")
    schedule = config(text, T)
    # OneCycleLR climbs from lr/10 to lr in pct_start · total_steps − 1 = 10 steps, along a cosine.
    assert [schedule(k) for k in (0, 5, 10)] == pytest.approx([2e-5, 1.1e-4, 2e-4])


def test_packed_examples_do_not_give_the_length(refused):
    (diagnostic,) = refused(CONFIG + "sample_packing: true\n", "dataset_size=1000", "devices=1")
    assert diagnostic.help == "add `--set steps=1000`"


def test_batches_of_several_processes(config):
    text = CONFIG + "context_parallel_size: 2\n"
    assert config(text, "dataset_size=1000", "devices=8").run.steps == 94  # ceil(3000 / (8 · 4))
    text = CONFIG.replace("gradient_accumulation_steps: 2", "batch_size: 16")
    assert config(text, "dataset_size=1000", "devices=1").steps == 188


def test_restarts_of_the_optimizer(config):
    schedule = config(CONFIG + "jagged_restart_steps: 50\n", T)
    # The cosine is one update ahead; the ramp up takes ten updates after the restart.
    assert [schedule(k) for k in (0, 10, 48)] == pytest.approx([2e-4 / 11, 2e-4, 2e-4 * (1 + cos(pi * 38 / 99)) / 2])
    assert schedule(54) == pytest.approx(2e-4 * (1 + cos(pi * 44 / 99)) / 2 * (0.5 * 0.999 + 0.001))


def test_restarts_of_a_torch_scheduler_are_refused(refused):
    text = CONFIG.replace("lr_scheduler: cosine", "lr_scheduler: one_cycle") + "jagged_restart_steps: 50\n"
    (diagnostic,) = refused(text, T)
    assert diagnostic.span.line == 11


def test_the_deepspeed_file_s_scheduler_wins(config):
    engine = '{"scheduler": {"type": "WarmupLR", "params": {"warmup_max_lr": "auto", "warmup_num_steps": "auto"}}}'
    schedule = config(CONFIG + "deepspeed: zero.json\n", T, files={"zero.json": engine})
    assert schedule(109) == pytest.approx(2e-4)
    assert schedule.run.reading.remarks[-1].code == "overridden-scheduler"


def test_merge_keys_are_resolved(config):
    text = "base: &base\n  base_model: x\n  learning_rate: 1e-3\n  num_epochs: 1\n<<: *base\n"
    schedule = config(text + "micro_batch_size: 2\nlearning_rate: 2e-3\nmax_steps: 100\n", format="axolotl")
    assert schedule.lr.max() == pytest.approx(2e-3)
    assert config(text + "micro_batch_size: 2\n", T, format="axolotl").lr.max() == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("settings", "help"),
    [
        ((), "add `--set steps=1000`, or `--set dataset_size=50000 --set devices=8`"),
        (("dataset_size=1000",), "add `--set devices=8`"),
    ],
)
def test_what_is_missing_is_named(refused, settings, help):
    assert refused(CONFIG, *settings)[0].help == help


def test_updates_of_an_epoch_can_be_given(config):
    assert config(CONFIG, "steps_per_epoch=100").steps == 300


def test_groups_with_learning_rates_of_their_own(config):
    # core/trainers/mixins/optimizer.py: the scale counts, not `embedding_lr`.
    text = CONFIG + "embedding_lr: 1e-6\nlr_groups:\n  - name: experts\n    modules: [mlp]\n    lr: 1e-5\n"
    assert config(text, T).at(11) == pytest.approx({"lr": 2e-4, "lr/embeddings": 1e-6, "lr/experts": 1e-5})
    assert config(text + "embedding_lr_scale: 0.5\n", T).at(11)["lr/embeddings"] == pytest.approx(1e-4)
    plus = config(text + "loraplus_lr_ratio: 16\n", T)
    assert plus.at(11) == pytest.approx({"lr": 2e-4, "lr/lora_B": 3.2e-3})


def test_a_group_without_a_name_or_a_learning_rate_is_refused(refused):
    (diagnostic,) = refused(CONFIG + "lr_groups:\n  - modules: [mlp]\n", T)
    assert (diagnostic.code, diagnostic.span.line) == ("bad-type", 19)
