"""Python scripts that call a class of training arguments: the call is the config."""

import pytest

SCRIPT = """\
from trl import SFTConfig
HF_TOKEN = #put your token
epochs = 2
args = SFTConfig(output_dir="out", learning_rate=1e-4, num_train_epochs=epochs, lr_scheduler_type="cosine")
"""


def script(config, text, *settings):
    return config(text, *settings, name="train.py")


def test_a_script_that_calls_a_class_of_arguments(config, refused):
    schedule = script(config, SCRIPT, "steps_per_epoch=50")
    assert (schedule.run.reading.format, schedule.steps, schedule(50)) == ("transformers", 100, pytest.approx(5e-5))
    (diagnostic,) = script(refused, SCRIPT)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 3)
    (diagnostic,) = script(refused, SCRIPT.replace("1e-4", "args.lr"), "steps=9")
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == ("undetermined", 3, 49)
    assert script(config, SCRIPT.replace("1e-4", "args.lr"), "steps=9", "learning_rate=1")(0) == 1


def test_a_script_without_a_call_to_read(refused):
    text = (
        "parser = HfArgumentParser((ModelArguments, TrainingArguments))\nargs = parser.parse_args_into_dataclasses()\n"
    )
    assert script(refused, text)[0].code == "unknown-format"
    assert script(refused, "parser.add_argument('--lr', default=1e-3)\n")[0].code == "unknown-format"


def test_a_script_that_leaves_it_open_which_arguments_hold(refused):
    (diagnostic,) = script(refused, SCRIPT + SCRIPT)
    assert (diagnostic.code, diagnostic.span.line) == ("ambiguous-format", 7)
    (diagnostic,) = script(refused, SCRIPT.replace(")\n", ", **common)\n"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 3)
