"""Model cards that transformers' Trainer writes."""

import pytest

CARD = """\
---
license: apache-2.0
tags:
- generated_from_trainer
---

# whisper-small

### Training hyperparameters

The following hyperparameters were used during training:
- learning_rate: 1e-05
- train_batch_size: 16
- seed: 42
- gradient_accumulation_steps: 2
- total_train_batch_size: 32
- optimizer: Adam with betas=(0.9,0.999) and epsilon=1e-08
- lr_scheduler_type: cosine
- lr_scheduler_warmup_ratio: 0.1
- num_epochs: 4
- mixed_precision_training: Native AMP

### Training results

| Training Loss | Epoch | Step | Validation Loss |
|:-------------:|:-----:|:----:|:---------------:|
| No log        | 1.0   | 438  | 0.5             |
| 0.5           | 3.0   | 1314 | 0.4             |

### Framework versions

- Transformers 4.41.2
- Pytorch 2.3.0+cu121
"""


def test_the_length_follows_from_the_results(config):
    schedule = config(CARD, name="README.md")
    # 1314 / 3.005 … 1314 / 2.995 holds 438 alone.
    assert (schedule.run.reading.format, schedule.run.reading.version, schedule.steps) == ("model-card", "4.41.2", 1752)
    assert [schedule(k) for k in (88, 176, 964)] == pytest.approx([5e-6, 1e-5, 5e-6])


def test_results_that_fit_several_lengths_do_not_tell(refused):
    (diagnostic,) = refused(CARD.replace("| 0.5           | 3.0   | 1314 | 0.4             |\n", ""), name="README.md")
    assert diagnostic.help == "add `--set steps=1000`, or `--set steps_per_epoch=500`, or `--set dataset_size=50000`"


def test_training_steps_are_the_length(config):
    text = CARD.replace("num_epochs: 4", "training_steps: 100")
    assert config(text, name="README.md").steps == 100


def test_before_4_52_partial_updates_are_dropped(config):
    text = CARD.partition("### Training results")[0] + "### Framework versions\n- Transformers {}\n"
    facts = ("dataset_size=1000", "devices=1")
    assert config(text.format("4.51.3"), *facts, name="README.md").steps == 4 * 31  # ceil(1000 / 16) // 2
    assert config(text.format("4.52.4"), *facts, name="README.md").steps == 4 * 32


def test_the_schedule_s_own_arguments_are_asked_for(config, refused):
    text = CARD.replace("lr_scheduler_type: cosine", "lr_scheduler_type: cosine_with_min_lr")
    (diagnostic,) = refused(text, name="README.md")
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 17)
    assert config(text, "lr_scheduler_kwargs.min_lr_rate=0.5", name="README.md").lr[-1] == pytest.approx(5e-6, rel=1e-3)


def test_a_text_without_the_list_is_no_config(refused):
    (diagnostic,) = refused("# A project\n\n- learning rate: high\n", name="README.md")
    assert diagnostic.code == "unknown-format"


def test_epochs_of_four_digits_narrow_the_length(config):
    row = "| 0.5           | 3.0   | 1314 | 0.4             |"
    text = CARD.replace(row, "| 0.5           | 0.2283 | 100 | 0.4             |\n| x |")
    assert config(text, name="README.md").run.steps == 4 * 438
