"""Recognition of configs: by content, by name, and what is refused."""

import re

import pytest

import lrplot
from lrplot.text.objects import read_mapping
from lrplot.trainers import TRAINERS, candidates


def refused(content, *settings, format=""):
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.load(content, settings, format)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_a_mapping_can_be_a_config():
    assert lrplot.load({"max_steps": 10, "learning_rate": 1.0, "lr_scheduler_type": "linear"})(5) == 0.5


def test_what_is_neither_spec_nor_config_says_what_was_looked_for():
    diagnostic = refused({"a": 1, "b": 2})
    assert diagnostic.code == "unknown-format"
    names = re.fullmatch(r"looked for the keys of (.+); `lrplot formats NAME` shows them", diagnostic.help)[1]
    assert names.split(", ") == [*TRAINERS]


def test_what_has_few_keys_of_a_config_names_the_nearest_and_their_keys():
    diagnostic = refused({"zero_optimization": {}, "b": 2})
    assert diagnostic.code == "unknown-format"
    assert diagnostic.help.startswith(
        "deepspeed has at least 2 of `zero_optimization`, `train_micro_batch_size_per_gpu`"
    )
    assert diagnostic.help.endswith("`lrplot formats` lists the others")
    assert "torchtitan" not in diagnostic.help


def test_a_spec_without_a_schedule_stays_a_spec():
    assert refused({"steps": 10, "lr": 1}).code == "missing-field"


def test_a_config_of_two_programs_is_ambiguous():
    both = {"max_steps": 1, "warmup_ratio": 0.1, "zero_optimization": {}, "train_batch_size": 8}
    diagnostic = refused(both)
    assert (diagnostic.code, diagnostic.help) == ("ambiguous-format", "add `--as deepspeed`")
    assert lrplot.load(both, format="transformers").steps == 1


def test_an_unknown_format_names_the_nearest():
    assert refused({"a": 1}, format="transformer").help == "did you mean `transformers`?"


def test_a_setting_that_is_neither_key_nor_fact_is_refused():
    diagnostic = refused({"max_steps": 10, "learning_rate": 1, "warmup_ratio": 0.1}, "learnin_rate=3")
    assert (diagnostic.code, diagnostic.help) == ("bad-override", "did you mean `learning_rate`?")


def test_a_list_is_no_config(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- 1\n")
    assert refused(path, format="transformers").code == "bad-type"


LOG = {"num_train_epochs": 3, "max_steps": 100, "logging_steps": 10, "save_steps": 500, "log_history": []}


def test_a_log_is_no_config():
    assert candidates(read_mapping(LOG)) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5000\n", "Git LFS pointer"),
        (b"PK\x03\x04", "not a valid zip file"),
        (b"\x80\x02garbage", "not a valid pickle"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_files_that_are_no_texts_are_refused(tmp_path, content, message):
    path = tmp_path / "training_args.bin"
    path.write_bytes(content)
    assert message in refused(path).message
