"""Training arguments: values by the formulas of transformers/trainer.py and optimization.py, computed by hand."""

import pickle
import zipfile
from math import cos, pi

import pytest

import lrplot

ARGUMENTS = """\
learning_rate: 2e-5  # text to PyYAML
num_train_epochs: 3
per_device_train_batch_size: 2
gradient_accumulation_steps: 16
warmup_ratio: 0.03
lr_scheduler_type: cosine
"""
FACTS = ("dataset_size=70000", "devices=4")


def codes(schedule):
    return [(each.severity, each.code, each.span.line) for each in schedule.run.reading.remarks]


def test_the_length_follows_from_examples_and_devices(config):
    schedule = config(ARGUMENTS, *FACTS)
    assert schedule.steps == 1641  # ceil(3 · ceil(8750 / 16))
    assert [schedule(k) for k in (0, 49, 50)] == pytest.approx([0, 2e-5 * 49 / 50, 2e-5])  # ceil(1641 · 0.03) = 50
    assert schedule(846) == pytest.approx(2e-5 * (1 + cos(pi * 796 / 1591)) / 2)


def test_before_4_52_partial_updates_are_dropped(config):
    schedule = config(ARGUMENTS, *FACTS, format="transformers@4.46")
    assert schedule.steps == 1638  # 3 · (8750 // 16)
    assert schedule.run.reading.version == "4.46"


def test_the_derivation_shows_each_step(config):
    assert config(ARGUMENTS, *FACTS).run.reading.derivation == (
        "70,000 examples ÷ (2 per device × 4 devices) = 8,750 batches per epoch",
        "8,750 batches ÷ 16 accumulated = 547 updates per epoch",
        "3 epochs × 547 updates = 1,641 updates",
    )


@pytest.mark.parametrize("setting", ["steps=1641", "steps_per_epoch=547", "max_steps=1641"])
def test_the_length_can_be_given(config, setting):
    assert config(ARGUMENTS, setting).steps == 1641


def test_a_missing_length_names_every_way_to_give_it(refused):
    (diagnostic,) = refused(ARGUMENTS)
    assert diagnostic.code == "missing-fact"
    assert diagnostic.help == (
        "add `--set steps=1000`, or `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"
    )


def test_a_dropped_partial_batch_shortens_the_epoch(config):
    text = ARGUMENTS.replace("16", "1") + "dataloader_drop_last: true\n"
    assert config(text, "dataset_size=101", "devices=4").run.steps == 36  # 3 · (101 // 8)


def test_numbers_in_quotes_are_numbers(config):
    text = '{"learning_rate": "0.0001", "max_steps": "100", "warmup_steps": 10, "lr_scheduler_type": "linear"}'
    schedule = config(text, name="training_args.json")
    assert [schedule(5), schedule(10), schedule(55)] == pytest.approx([5e-5, 1e-4, 5e-5])


def test_absent_and_null_keys_have_their_defaults(config):
    schedule = config("max_steps: 10\nlearning_rate: null\nlr_scheduler_type:\n")
    assert [schedule(k) for k in (0, 5)] == pytest.approx([5e-5, 2.5e-5])


def test_a_warmup_below_one_is_a_share_since_5(config, refused):
    text = "max_steps: 1641\nwarmup_steps: 0.03\nlr_scheduler_type: cosine\n"
    assert config(text)(50) == pytest.approx(5e-5)
    (diagnostic,) = refused(text, format="transformers@4.46")
    assert diagnostic.help == "write `warmup_ratio: 0.03`"


def test_a_schedule_s_own_arguments_are_a_mapping_or_json_text(config):
    text = "max_steps: 100\nlr_scheduler_type: cosine_with_min_lr\nlr_scheduler_kwargs: "
    for arguments in ("{min_lr_rate: 0.1}", """'{"min_lr_rate": "0.1"}'"""):
        assert config(text + arguments)(50) == pytest.approx(5e-5 * 0.55)


@pytest.mark.parametrize(
    "arguments", ["\n  mi_lr: 1e-6", "{mi_lr: 1e-6}", """'{"mi_lr": 1e-6}'""", """"{'mi_lr': 1e-6}\""""]
)
def test_an_argument_that_the_schedule_has_not_is_refused_at_its_own_word(refused, arguments):
    text = f"max_steps: 100\nlr_scheduler_type: cosine_with_min_lr\nlr-scheduler-kwargs: {arguments}\n"
    (diagnostic,) = refused(text)
    span = diagnostic.span
    assert diagnostic.message == "`lr_scheduler_kwargs` has no field `mi_lr`"
    assert text.splitlines()[span.line][span.column : span.end_column].strip("'\"") == "mi_lr"


def test_ignored_and_misspelt_keys_are_remarked_at_their_lines(config):
    text = ARGUMENTS + "max_steps: 100\nwarmup_steps: 10\nlearning_rat: 0.1\nweight_decays: 0.1\n"
    assert codes(config(text)) == [
        ("note", "ignored-key", 1),
        ("note", "ignored-key", 4),
        ("warning", "near-miss", 9),
    ]


def test_a_schedule_that_follows_a_metric_is_refused_at_its_place(refused):
    (diagnostic,) = refused("max_steps: 100\nlr_scheduler_type: greedy\n")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 1)


def test_a_faulty_value_has_its_own_name_and_place(refused):
    (diagnostic,) = refused("max_steps: 100\nlearning_rate: -1\nnum_train_epochs: 1\n")
    assert (diagnostic.message, diagnostic.span.line) == ("`learning_rate` must be at least 0, it is -1", 1)


ENGINE = """{"zero_optimization": {"stage": 2}, "optimizer": {"type": "AdamW", "params": {"lr": "auto"}},
"scheduler": {"type": "WarmupLR", "params": {"warmup_min_lr": "auto", "warmup_max_lr": "auto",
"warmup_num_steps": "auto", "warmup_type": "linear"}}}"""


def test_the_deepspeed_file_s_scheduler_wins(config):
    text = ARGUMENTS + "max_steps: 100\ndeepspeed: ds.json\n"
    schedule = config(text, files={"ds.json": ENGINE})
    # The first update has the value before any step; W = ceil(100 · 0.03) = 3; then max for ever.
    assert [schedule(k) for k in range(6)] == pytest.approx([0, 0, 2e-5 / 3, 4e-5 / 3, 2e-5, 2e-5])
    assert ("warning", "overridden-scheduler", 5) in codes(schedule)


def test_a_deepspeed_file_without_a_scheduler_leaves_the_trainer_s(config):
    text = ARGUMENTS + "max_steps: 100\ndeepspeed: ds.json\n"
    schedule = config(text, files={"ds.json": '{"zero_optimization": {"stage": 2}, "bf16": {"enabled": true}}'})
    assert schedule(3) == pytest.approx(2e-5)
    assert schedule(52) == pytest.approx(2e-5 * (1 + cos(pi * 49 / 97)) / 2)


def test_a_missing_deepspeed_file_is_named_at_its_key(refused):
    (diagnostic,) = refused(ARGUMENTS + "max_steps: 100\ndeepspeed: ds.json\n")
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 7)


SCRIPT = """\
#!/bin/bash
LR=2e-5
torchrun --nproc_per_node=8 --nnodes 2 train.py \\
    --model_name_or_path meta-llama/Llama-2-7b --bf16 True \\
    --num_train_epochs 3 --per_device_train_batch_size 4 --gradient_accumulation_steps 1 \\
    --learning_rate "$LR" --lr_scheduler_type cosine --warmup_ratio 0.03 --lr_scheduler_kwargs '{"num_cycles": 0.5}'
"""


def test_a_script_tells_the_number_of_processes(config):
    schedule = config(SCRIPT, "dataset_size=52002", name="train.sh")
    assert schedule.steps == 2439  # 3 · ceil(52002 / 64)
    assert schedule(74) == pytest.approx(2e-5)
    assert schedule.run.reading.derivation[0].startswith("52,002 examples ÷ (4 per device × 16 devices)")


def test_a_variable_without_a_value_is_refused_at_its_place(refused):
    (diagnostic,) = refused(SCRIPT.replace("LR=2e-5\n", "\n"), "max_steps=10", name="train.sh")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 5)


def test_a_script_without_arguments_is_no_config(refused):
    (diagnostic,) = refused("#!/bin/sh\nls --all --lr 1\n", name="run.sh")
    assert diagnostic.code == "unknown-format"


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("transformers_version: 4.41.2", "4.41.2"),
        ("transformers_version: 4.52.0.dev0", "4.52.0"),
        ("warmup_ratio: null", "5"),
        ("warmup_ratio: 0.0", "5"),
    ],
)
def test_a_file_tells_its_version(config, line, version):
    text = f"max_steps: 100\nlr_scheduler_type: cosine\nwarmup_steps: 10\n{line}\n"
    assert config(text).run.reading.version == version


@pytest.mark.parametrize(("key", "version"), [("evaluation_strategy", "4.46"), ("past_index", "4.52"), ("seed", "5")])
def test_a_whole_set_of_arguments_tells_its_version(config, key, version):
    text = "max_steps: 100\nlr_scheduler_type: cosine\nadam_beta1: 0.9\nadam_beta2: 0.99\nadam_epsilon: 1e-8\n"
    assert config(f"{text}max_grad_norm: 1\n{key}: null\n").run.reading.version == version


def test_a_script_with_a_loop_of_its_own_has_another_name_for_the_warmup_and_a_flag_for_deepspeed(config):
    text = (
        "deepspeed main.py --per_device_train_batch_size 8 --learning_rate 1e-3 --num_train_epochs 1 "
        "--lr_scheduler_type linear --num_warmup_steps 10 --deepspeed --seed 1"
    )
    schedule = config(text, "steps_per_epoch=110", name="run.sh")
    # get_linear_schedule_with_warmup: k/10 up to the peak, then (110 − k)/100.
    assert [schedule(k) for k in (5, 10, 60)] == pytest.approx([5e-4, 1e-3, 5e-4])
    assert codes(schedule) == []


def test_keys_of_other_programs_are_remarked(config):
    schedule = config("max_steps: 100\nlr_scheduler_type: cosine\nepochs: 3\nlr: 1e-3\n")
    assert codes(schedule) == [("warning", "near-miss", 3), ("warning", "near-miss", 2)]


def test_a_length_that_is_set_wins_over_the_file_s(config):
    assert config("max_steps: 100\nlr_scheduler_type: cosine\n", "steps=50").steps == 50


def test_a_warmup_before_a_constant_is_remarked(config):
    schedule = config("max_steps: 100\nlr_scheduler_type: constant\nwarmup_ratio: 0.1\n")
    assert schedule(0) == pytest.approx(5e-5)
    assert codes(schedule) == [("note", "ignored-key", 2)]


def test_a_version_that_is_none_is_refused(refused):
    (diagnostic,) = refused("max_steps: 100\nlr_scheduler_type: cosine\n", format="transformers@new")
    assert diagnostic.code == "bad-version"


def test_the_name_of_an_enumeration_s_member_is_the_schedule_s(config):
    text = "max_steps: 100\nlr_scheduler_type: SchedulerType.COSINE\n"
    assert config(text)(50) == pytest.approx(2.5e-5)


def test_completions_of_an_example_do_not_give_the_length(refused):
    (diagnostic,) = refused(ARGUMENTS + "num_generations: 8\n", *FACTS)
    assert "num_generations" in diagnostic.message


def test_arguments_of_megatron_are_no_training_arguments(refused):
    text = "num_train_epochs: 3\nlr: 1e-4\nlr_warmup_fraction: 0.05\noutput_dir: x\n"
    assert refused(text, format="")[0].code != "missing-fact"


class Recorded:
    """An object that is pickled as TrainingArguments are: its attributes are its state."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def test_pickled_arguments_are_read_inertly(tmp_path):
    engine = {"fp16": {"enabled": True}, "train_batch_size": 64, "scheduler": None}
    arguments = Recorded(
        learning_rate=2e-5,
        lr_scheduler_type="cosine",
        warmup_ratio=0.1,
        warmup_steps=0,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        num_train_epochs=3,
        max_steps=-1,
        fp16=False,
        deepspeed="missing.json",
        hf_deepspeed_config=Recorded(config=engine),
    )
    path = tmp_path / "training_args.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("training_args/data.pkl", pickle.dumps(arguments, 2))
    schedule = lrplot.load(path, ("dataset_size=6400",))
    assert (schedule.run.reading.format, schedule.steps) == ("transformers", 300)  # 8 processes: 64 / (4 · 2)
    engine["scheduler"] = {"type": "WarmupLR", "params": {"warmup_max_lr": 2e-5, "warmup_num_steps": 30}}
    path.write_bytes(pickle.dumps(arguments, 4))
    schedule = lrplot.load(path, ("steps=100",))
    assert schedule(99) == pytest.approx(2e-5)
    assert "overridden-scheduler" in [each.code for each in schedule.run.reading.remarks]


def test_examples_without_processes_ask_for_them(refused):
    assert refused(ARGUMENTS, "dataset_size=1000")[0].help == "add `--set devices=8`"


def test_a_run_of_no_epochs_is_refused_at_its_key(refused):
    (diagnostic,) = refused(ARGUMENTS.replace("num_train_epochs: 3", "num_train_epochs: -1"), "steps_per_epoch=10")
    assert diagnostic.span.line == 1


BOTH = "max_steps: 1000\nlearning_rate: 1e-4\nlr_scheduler_type: linear\nwarmup_ratio: 0.2\nwarmup_steps: 100\n"


def test_the_share_of_the_warmup_wins_over_its_length_in_5_0_to_5_14(config):
    # training_args.py of 5.0.0 … 5.14.1: `if self.warmup_ratio is not None: self.warmup_steps = self.warmup_ratio`
    for version, updates in (("4.57.1", 100), ("5.0.0", 200), ("5.14.1", 200), ("5.15.0", 100), ("5", 100)):
        schedule = config(BOTH, format=f"transformers@{version}")
        assert schedule(updates // 2) == pytest.approx(5e-5), version
        assert codes(schedule) == [("note", "ignored-key", 4 if updates == 200 else 3)]
    schedule = config(BOTH.replace("0.2", "0.0"), format="transformers@5.3")
    assert schedule(0) == pytest.approx(1e-4)


def test_a_share_that_5_wrote_as_the_length_too_is_not_remarked(config):
    schedule = config(BOTH.replace("100\n", "0.2\n") + "transformers_version: 5.3.0\n")
    assert schedule(100) == pytest.approx(5e-5)
    assert codes(schedule) == []


def test_an_inverse_square_root_was_given_no_arguments_before_5_4(config):
    text = "max_steps: 1000\nlearning_rate: 1e-4\nlr_scheduler_type: inverse_sqrt\nwarmup_steps: 100\n"
    text += "lr_scheduler_kwargs: {timescale: 300}\n"
    assert config(text)(1000) == pytest.approx(1e-4 / (1200 / 300) ** 0.5)
    older = config(text, format="transformers@5.3")
    assert older(400) == pytest.approx(1e-4 / (400 / 100) ** 0.5)  # the timescale is the warmup
    assert codes(older) == [("note", "ignored-key", 4)]


WSD = "max_steps: 300\nlearning_rate: 1e-4\nlr_scheduler_type: warmup_stable_decay\nwarmup_steps: 100\n"


def test_the_warmup_before_a_constant_part_began_at_0_before_4_49(config, refused):
    text = WSD + "lr_scheduler_kwargs: {num_stable_steps: 100, num_decay_steps: 100, min_lr_ratio: 0.2}\n"
    newer, older = config(text, format="transformers@4.49"), config(text, format="transformers@4.48.3")
    assert [newer(0), newer(50)] == pytest.approx([2e-5, 6e-5])
    assert [older(0), older(50), older(99)] == pytest.approx([0, 5e-5, 9.9e-5])
    assert [older(100), older(199), older(250), older(300)] == pytest.approx([1e-4, 1e-4, 6e-5, 2e-5])
    assert config(text, "max_steps=50", format="transformers@4.46")(49) == pytest.approx(4.9e-5)
    (diagnostic,) = refused(text.replace("num_stable_steps: 100, ", ""), format="transformers@4.46")
    assert diagnostic.message.endswith("positional argument: 'num_stable_steps'")


def test_embeddings_with_a_learning_rate_of_their_own_are_a_group(config):
    schedule = config(BOTH.replace("warmup_ratio: 0.2\n", "") + "embedding_learning_rate: 1e-5\n")
    assert schedule.at(550)["lr/embeddings"] == pytest.approx(5e-6)
    assert schedule.at(550)["lr"] == pytest.approx(5e-5)


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "greedy"])
def test_a_schedule_that_follows_a_metric_is_refused(refused, name):
    (diagnostic,) = refused(f"max_steps: 100\nlearning_rate: 1e-4\nlr_scheduler_type: {name}\n")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 2)
    assert diagnostic.help.startswith("it follows a metric")


def test_adafactor_follows_the_schedule(config):
    # transformers gives it `relative_step=False` and `scale_parameter=False`, whatever `optim_args` say.
    schedule = config("max_steps: 10\nlearning_rate: 1e-4\nlr_scheduler_type: linear\noptim: adafactor\n")
    assert schedule(5) == pytest.approx(5e-5)
