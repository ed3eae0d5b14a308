"""Every type of field: what it takes, what it refuses, under which code and at which token."""

from __future__ import annotations

import re

import pytest

import lrplot
from lrplot.kinds import KINDS

HEAD = "steps: 100\nlr: 1\n"

# By field type: a schedule, what is wrong with it, and the token at fault.
REFUSED = {
    "level": [
        ("{kind: cosine, to: true}", "boolean", "true"),
        ("{kind: cosine, to: FALSE}", "boolean", "FALSE"),
        ("{kind: cosine, to: low}", "bad-type", "low"),
        ("{kind: cosine, to: yes}", "bad-type", "yes"),
        ("{kind: cosine, to: '0.1'}", "quoted-number", "'0.1'"),
        ("{kind: cosine, to: [0.1]}", "bad-type", "["),
        ("{kind: cosine, to: {value: 1}}", "bad-type", "{"),
        ("{kind: cosine, to: .nan}", "not-finite", ".nan"),
        ("{kind: cosine, to: -.inf}", "not-finite", "-.inf"),
        ("{kind: cosine, to: 1e400}", "not-finite", "1e400"),
        ("{kind: cosine, to: 1e400%}", "not-finite", "1e400%"),
        ("{kind: cosine, to: 1e-400}", "bad-number", "1e-400"),
        ("{kind: cosine, to: 1/0}", "bad-number", "1/0"),
        ("{kind: cosine, to: 10 %%}", "bad-type", "10 %%"),
        ("{kind: cosine, to: null}", "missing-value", "to"),
        ("{kind: cosine, to: ~}", "missing-value", "to"),
        ("{kind: cosine, to: }", "missing-value", "to"),
        ("{kind: cosine, from: ''}", "bad-type", "''"),
    ],
    "duration": [
        ("{kind: step, every: 3 weeks}", "bad-type", "3 weeks"),
        ("{kind: step, every: soon}", "bad-type", "soon"),
        ("{kind: step, every: rest}", "bad-type", "rest"),
        ("{kind: step, every: true}", "boolean", "true"),
        ("{kind: step, every: '10'}", "quoted-number", "'10'"),
        ("{kind: step, every: [10]}", "bad-type", "["),
        ("{kind: step, every: -1}", "bad-value", "-1"),
        ("{kind: step, every: -5 epochs}", "bad-value", "-5 epochs"),
        ("{kind: step, every: -5%}", "bad-value", "-5%"),
        ("{kind: step, every: 0}", "bad-value", "0"),
        ("{kind: step, every: 0.1%}", "bad-value", "0.1%"),
        ("{kind: step, every: .inf}", "not-finite", ".inf"),
        ("{kind: step, every: 1/0 epochs}", "bad-number", "1/0 epochs"),
        ("{kind: step, every: 3 epochs}", "missing-conversion", "3 epochs"),
        ("{kind: step, every: 3 samples}", "missing-conversion", "3 samples"),
        ("{kind: step, every: 3 tokens}", "missing-conversion", "3 tokens"),
        ("{kind: step, every: 9007199254740993}", "too-large", "9007199254740993"),
        ("{kind: step, every: }", "missing-value", "every"),
        ("{kind: cosine, for: resting}", "bad-type", "resting"),
    ],
    "number": [
        ("{kind: polynomial, power: 0}", "bad-value", "0"),
        ("{kind: polynomial, power: -1}", "bad-value", "-1"),
        ("{kind: polynomial, power: two}", "bad-type", "two"),
        ("{kind: polynomial, power: '2'}", "quoted-number", "'2'"),
        ("{kind: polynomial, power: true}", "boolean", "true"),
        ("{kind: polynomial, power: []}", "bad-type", "["),
        ("{kind: polynomial, power: .nan}", "not-finite", ".nan"),
        ("{kind: polynomial, power: }", "missing-value", "power"),
        ("{kind: one_cycle, pct_start: 1.01}", "bad-value", "1.01"),
        ("{kind: one_cycle, pct_start: 101%}", "bad-value", "101%"),
        ("{kind: one_cycle, pct_start: -0.1}", "bad-value", "-0.1"),
    ],
    "whole number": [
        ("{kind: repeat, of: cosine, times: 1.5}", "not-whole", "1.5"),
        ("{kind: repeat, of: cosine, times: 1/3}", "not-whole", "1/3"),
        ("{kind: repeat, of: cosine, times: 0}", "bad-value", "0"),
        ("{kind: repeat, of: cosine, times: -3}", "bad-value", "-3"),
        ("{kind: repeat, of: cosine, times: 10%}", "bad-type", "10%"),
        ("{kind: repeat, of: cosine, times: twice}", "bad-type", "twice"),
        ("{kind: repeat, of: cosine, times: '3'}", "quoted-number", "'3'"),
        ("{kind: repeat, of: cosine, times: true}", "boolean", "true"),
        ("{kind: repeat, of: cosine, times: [3]}", "bad-type", "["),
    ],
    "flag": [
        ("{kind: cosine, inclusive: yes}", "bad-type", "yes"),
        ("{kind: cosine, inclusive: on}", "bad-type", "on"),
        ("{kind: cosine, inclusive: 1}", "bad-type", "1"),
        ("{kind: cosine, inclusive: 'true'}", "bad-type", "'true'"),
        ("{kind: cosine, inclusive: [true]}", "bad-type", "["),
        ("{kind: cosine, inclusive: }", "missing-value", "inclusive"),
    ],
    "choice": [
        ("{kind: cosine, interval: epochs}", "unknown-choice", "epochs"),
        ("{kind: cosine, interval: 1}", "unknown-choice", "1"),
        ("{kind: cosine, interval: [step]}", "unknown-choice", "["),
        ("{kind: cosine, warmup: {for: 1, shape: Linear}}", "unknown-choice", "Linear"),
        ("{kind: cosine, interval: }", "missing-value", "interval"),
    ],
    "text": [
        ("{kind: expression, value: [t]}", "bad-type", "["),
        ("{kind: expression, value: {t: 1}}", "bad-type", "{"),
        ("{kind: expression, value: }", "missing-value", "value"),
    ],
    "file": [
        ("{kind: table, file: [a.csv]}", "bad-type", "["),
        ("{kind: table, file: nowhere.csv}", "unreadable", "nowhere.csv"),
        ("{kind: table, file: .}", "unreadable", "."),
        ('{kind: table, file: "a\\0b"}', "bad-type", '"a\\0b"'),
        ("{kind: table, file: }", "missing-value", "file"),
    ],
    "list": [
        ("{kind: multistep, milestones: 10}", "bad-type", "10"),
        ("{kind: multistep, milestones: {10: 20}}", "bad-type", "{"),
        ("{kind: multistep, milestones: [10, soon]}", "bad-type", "soon"),
        ("{kind: multistep, milestones: [10, -20]}", "bad-value", "-20"),
        ("{kind: multistep, milestones: [10, '20']}", "quoted-number", "'20'"),
        ("{kind: multistep, milestones: [10, [20]]}", "bad-type", "["),
        ("{kind: multistep, milestones: [10, true]}", "boolean", "true"),
        ("{kind: multistep, milestones: }", "missing-value", "milestones"),
    ],
    "table": [
        ("{kind: points, at: [0, 1]}", "bad-type", "["),
        ("{kind: points, at: 1}", "bad-type", "1"),
        ("{kind: points, at: {0: 1, soon: 2}}", "bad-type", "soon"),
        ("{kind: points, at: {0: 1, -5: 2}}", "bad-value", "-5"),
        ("{kind: points, at: {0: 1, 5: two}}", "bad-type", "two"),
        ("{kind: points, at: {0: 1, 5: true}}", "boolean", "true"),
        ("{kind: points, at: {}}", "bad-value", "{"),
    ],
    "record": [
        ("{kind: cosine, warmup: {for: 10, shap: linear}}", "unknown-field", "shap"),
        ("{kind: cosine, warmup: {for: ten}}", "bad-type", "ten"),
        ("{kind: cosine, warmup: {for: }}", "missing-value", "for"),
        ("{kind: cosine, warmup: {from: 0}}", "missing-field", "{"),
        ("{kind: cosine, warmup: []}", "bad-type", "["),
        ("{kind: cosine, warmup: true}", "boolean", "true"),
        ("{kind: cosine, warmup: '10'}", "quoted-number", "'10'"),
        ("{kind: one_cycle, momentum: 0.9}", "bad-type", "0.9"),
        ("{kind: one_cycle, momentum: {mini: 0.9}}", "unknown-field", "mini"),
    ],
    "schedule": [
        ("cosin", "unknown-kind", "cosin"),
        ("5", "unknown-kind", "5"),
        ("{kind: cosin}", "unknown-kind", "cosin"),
        ("{kind: [cosine]}", "bad-type", "["),
        ("{to: 0}", "missing-field", "{"),
        ("{}", "missing-field", "{"),
        ("", "missing-value", "schedule"),
        ("null", "missing-value", "schedule"),
        ("[]", "bad-value", "["),
        ("[constant, cosin]", "unknown-kind", "cosin"),
        ("{kind: product, of: cosine}", "bad-type", "cosine"),
        ("{kind: product, of: [cosine, {kind: linear, too: 1}]}", "unknown-field", "too"),
        ("{kind: repeat, of: {kind: cosine, foo: 1}, times: 2}", "unknown-field", "foo"),
        ("{kind: step}", "missing-field", "step"),
    ],
}
CASES = [(schedule, code, marked) for cases in REFUSED.values() for schedule, code, marked in cases]


@pytest.mark.parametrize(("schedule", "code", "marked"), CASES)
def test_a_fault_in_a_schedule_is_located(schedule, code, marked, faults):
    assert faults(f"{HEAD}schedule: {schedule}\n") == [(code, marked)]


@pytest.mark.parametrize(
    ("line", "code", "marked"),
    [
        ("name: [a]", "bad-type", "["),
        ("source: {a: b}", "bad-type", "{"),
        ("interval: weekly", "unknown-choice", "weekly"),
        ("interval: epoch", "missing-conversion", "epoch"),
        ("drop_last: 1", "bad-type", "1"),
        ("batch_size: 1.5", "not-whole", "1.5"),
        ("batch_size: 0", "bad-value", "0"),
        ("dataset_size: many", "bad-type", "many"),
        ("momentum: '0.9'", "quoted-number", "'0.9'"),
        ("momentum: true", "boolean", "true"),
        ("momentum: heavy", "bad-type", "heavy"),
        ("momentum: {to: 0}", "missing-field", "{"),
        ("momentum: cosine", "missing-field", "cosine"),
        ("weight_decay: {kind: linear, from: 1, too: 0}", "unknown-field", "too"),
        ("beta1: .nan", "not-finite", ".nan"),
        ("groups: [head]", "bad-type", "["),
        ("groups: head", "bad-type", "head"),
        ("groups: {head: 1e-3}", "bad-type", "1e-3"),
        ("groups: {head: {lrr: 1}}", "unknown-field", "lrr"),
        ("groups: {head: {lr: true}}", "boolean", "true"),
        ("groups: {head: {schedule: {kind: cosine, too: 1}}}", "unknown-field", "too"),
        ("groups: {head: {momentum: '0.9'}}", "quoted-number", "'0.9'"),
        ("groups: {'': {lr: 1}}", "bad-value", "''"),
        ('groups: {"a\\e[31m": {lr: 1}}', "bad-value", '"a\\e[31m"'),
        ("layer_decay: 0.75", "bad-type", "0.75"),
        ("layer_decay: {layers: 0, decay: 0.75}", "bad-value", "0"),
        ("layer_decay: {layers: 12, decay: 0}", "bad-value", "0"),
        ("layer_decay: {layers: 12, decay: 0.75, base: 1}", "unknown-field", "base"),
        ("foo: 1", "unknown-field", "foo"),
        ("5: 1", "unknown-field", "5"),
        ("'': 1", "unknown-field", "''"),
    ],
)
def test_a_fault_in_a_top_level_field_is_located(line, code, marked, faults):
    assert faults(f"{HEAD}schedule: cosine\n{line}\n") == [(code, marked)]


@pytest.mark.parametrize(
    ("schedule", "help"),
    [
        ("{kind: cosine, wamup: 3}", "did you mean `warmup`?"),
        ("{kind: cosine, from_: 3}", "did you mean `from`?"),
        ("{kind: cosine, cooldwn: 3}", "did you mean `cooldown`?"),
        ("{kind: one_cycle, pct_strat: 0.3}", "did you mean `pct_start`?"),
        ("Cosine", "did you mean `cosine`?"),
        ("consine", "did you mean `cosine`?"),
        ("{kind: multi_step, milestones: [1]}", "did you mean `multistep`?"),
        ("onecycle", "did you mean `one_cycle`?"),
        ("{kind: cosine, interval: epochs}", "did you mean `epoch`?"),
        ("{kind: cosine, to: '0.1'}", "write `0.1` without quotes"),
        ("{kind: cosine, to: '1_0'}", "write `1_0` without quotes"),
        ("{kind: cosine, zzz: 3}", "known: `from`, `to`, `inclusive`, "),
    ],
)
def test_a_fault_has_a_help(schedule, help, diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: {schedule}\n")
    assert found.help.startswith(help)


@pytest.mark.parametrize(
    "line", ["lr: 2", "lrr: 1", "momentum: .nan", "momentum: -.inf", "momentum: true", "momentum: '0.9'"]
)
def test_a_fault_in_a_number_has_a_place_and_a_help(line, diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: linear\n{line}\n")
    assert found.span.line == 3
    assert found.help


def test_a_name_without_a_near_miss_lists_the_nearest(diagnostics):
    (found,) = diagnostics(f"{HEAD}schedule: zzz\n")
    listed = re.findall(r"`(\w+)`", found.help)
    assert len(listed) == 5
    assert set(listed) <= set(KINDS)
    assert found.help.endswith("; `lrplot kinds` lists all")


@pytest.mark.parametrize(
    ("schedule", "help"),
    [
        ("sgdr", "it is called `cosine_restarts` here"),
        ("OneCycleLR", "write `use: mmengine.OneCycleLR`, `use: paddle.OneCycleLR` or `use: torch.OneCycleLR`"),
        ("{type: LinearLR, start_factor: 0.1}", "write `use: mmengine.LinearLR`"),
        ("{_name: tri_stage}", "write `use: fairseq.tri_stage`"),
        ("{_name: cosine}", "write `use: fairseq.cosine`"),
        ("{name: cosine_with_warmup}", "write `use: composer.CosineAnnealingWithWarmupScheduler`"),
        ("{type: cosine}", "write `kind: cosine` or `use: fairseq.cosine`"),
        ("{shape: cosine}", "add `kind: cosine`; `lrplot kinds` lists all"),
        (
            "{scheduler: {class_path: torch.StepLR}, interval: epoch, frequency: 1, monitor: loss}",
            "write what `scheduler` holds; of the keys beside it only `interval: epoch` has a counterpart, inside it",
        ),
        ("{use: torch.StepLR, step_size: 3, verbose: false}", "leave it out: it has no effect on the schedule"),
        ("{use: torch.StepLR, step_size: 3, optimizer: null}", "leave it out: it has no effect on the schedule"),
        ("{kind: step, every: 3, foo: null}", "leave it out: `null` gives it no value"),
        ("{use: torch.MultiStepLR, milestones: (2, 30)}", "write `[2, 30]`"),
        ("{use: torch.MultiStepLR, milestones: (2, 30), gamma: 0.5}", "write `[2, 30]`"),
        (
            "{use: transformers.TrainingArguments, warmup_ratio: 0.03}",
            "write `warmup_steps: 0.03`: a number below 1 is a share of the run",
        ),
        (
            "{use: transformers.TrainingArguments, num_train_epochs: 3}",
            "write `epochs: 3` at the top level of the spec, beside `schedule`",
        ),
        (
            "{use: transformers.Trainer, gradient_accumulation_steps: 16}",
            "write `accumulate: 16` at the top level of the spec, beside `schedule`",
        ),
        (
            "{use: torch.OneCycleLR, total_steps: 9, max_lr: [1, 2]}",
            "for a value per parameter group, give each group under `groups` a `schedule` of its own",
        ),
        (
            "{use: torch.LambdaLR, lr_lambda: [epoch]}",
            "for a value per parameter group, give each group under `groups` a `schedule` of its own",
        ),
        (
            "{use: torchtune.x.get_linear_schedule_with_warmup}",
            "write `diffusers.get_linear_schedule_with_warmup` or `transformers.get_linear_schedule_with_warmup`",
        ),
        ("{use: hf.get_linear_schedule_with_warmup}", "did you mean `transformers.get_linear_schedule_with_warmup`?"),
        (
            "{use: skrl.KLAdaptiveLR}",
            "take a native kind (`lrplot kinds`), or write its formula: `{kind: expression, value: 'base * (1 - u)'}`",
        ),
        ("{use: transformers.get_linear_schedule_with_warmup, num_warmup_steps: 1}", "add `num_training_steps: 1000`"),
        ("!CosineDecay {}", "leave it out; if it names a schedule, write `use: FRAMEWORK.CosineDecay`"),
        ("{kind: cosine, warmup: 0.1}", "give whole steps, or a unit, such as `0.5 epochs`; 0.1 of the run is `10%`"),
        ("{kind: expression, value: foo(u)}", "the functions are sin, cos, "),
        ("{kind: expression, value: 'np.interp(t, u)'}", "; `{kind: points}` interpolates"),
    ],
)
def test_keys_and_forms_of_other_programs_lead_to_those_of_a_spec(schedule, help, diagnostics):
    (found,) = diagnostics(f"steps: 1000\nlr: 1\nschedule: {schedule}\n")
    assert help in found.help


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("warmup_ratio: 0.03", "write `warmup: 3%` inside `schedule`, beside `kind`"),
        ("num_warmup_steps: 500", "write `warmup: 500` inside `schedule`, beside `kind`"),
        ("gamma: 0.1", "write `gamma: 0.1` inside `schedule`, beside `kind`"),
        ("lr_scheduler_type: linear", "write `schedule: linear`"),
        ("lr_scheduler_type: sgdr", "it is called `cosine_restarts` here, under `schedule`"),
        ("lr_scheduler: {kind: cosine}", "write `schedule` for `lr_scheduler`"),
        ("epoch: 3", "did you mean `epochs`?"),
    ],
)
def test_keys_of_a_schedule_do_not_belong_to_the_spec(line, help, diagnostics):
    (found,) = diagnostics(f"steps: 1000\nlr: 1\nschedule: cosine\n{line}\n")
    assert (found.code, found.help) == ("unknown-field", help)


def test_a_list_of_schedulers_of_mmengine_is_no_sequence(diagnostics):
    schedulers = "[{type: LinearLR, end: 500}, {type: MultiStepLR, milestones: [8]}]"
    (found,) = diagnostics(f"steps: 1000\nlr: 1\nschedule: {schedulers}\n")
    assert found.message == "a list is a sequence of phases; mmengine's schedulers act on one optimizer together"
    assert found.help == "write `{use: mmengine.param_scheduler, schedulers: [{use: mmengine.LinearLR, …}, …]}`"


def test_a_field_that_is_like_no_other_says_where_all_are_listed(diagnostics):
    (found,) = diagnostics("steps: 1000\nlr: 1\nschedule: cosine\nzzz: 1\n")
    assert found.help.startswith("the nearest of ")
    assert found.help.endswith("; `lrplot kinds spec` lists all")


@pytest.mark.parametrize(
    "line",
    [
        "schedule: {kind: expression, value: (1 + min(t, 5))}",
        "schedule: {use: torch.MultiStepLR, milestones: (2, 30}",
        "schedule: {use: torch.MultiStepLR, milestones: (2, gamma: 0.5}",
    ],
)
def test_what_is_no_tuple_is_not_put_together(line, diagnostics):
    assert diagnostics(f"steps: 1000\nlr: 1\n{line}\n")


def test_a_number_is_no_kind(diagnostics):
    (found,) = diagnostics("steps: 1000\nlr: 1\nschedule: 0.1\n")
    assert (found.message, found.help) == ("there is no kind `0.1`", "a constant is `{kind: constant, value: 0.1}`")


def test_a_ratio_is_a_share_in_percent(diagnostics):
    (found,) = diagnostics("steps: 1000\nlr: 1\nschedule: {kind: cosine, warmup_ratio: 0.1}\n")
    assert found.help == "it is called `warmup` here: write `warmup: 10%`"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("step: 1000\nlr: 1\nschedule: cosine\n", "unknown-field"),
        ("steps: 10\nlearning_rate: 1\nschedule: cosine\n", "unknown-field"),
        ("steps: 10\nlr: 1\nschedule: {kind: step, evry: 3}\n", "unknown-field"),
        ("steps: 10\nlr: 1\nscheduel: cosine\n", "unknown-field"),
    ],
)
def test_a_misspelt_field_is_not_missing_too(text, code, diagnostics):
    (found,) = diagnostics(text)
    assert found.code == code


def test_a_missing_horizon_is_the_length_of_the_run(diagnostics):
    use = "{use: transformers.get_cosine_schedule_with_warmup, num_warmup_steps: 1}"
    (found,) = diagnostics(f"steps: 12k\nlr: 1\nschedule: {use}\n")
    assert found.help.startswith("add `num_training_steps: 12k` (")


def test_the_dataset_without_a_batch_is_named(diagnostics):
    (found,) = diagnostics("epochs: 3\ndataset_size: 100\nlr: 1\nschedule: cosine\n")
    assert found.help == "`dataset_size` is there: add `batch_size`, or `per_device_batch_size`"


RUN = "steps: 100\nlr: 1\ndataset_size: 800\nbatch_size: 8\nsequence_length: 8\n"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("{kind: constant, value: 50%}", 0.5),
        ("{kind: constant, value: 5e-1}", 0.5),
        ("{kind: constant, value: '50%'}", 0.5),
        ('{"kind": "constant", "value": 1e-1}', 0.1),
        ("{kind: step, every: 25, gamma: 50%}", 0.125),
        ("{kind: step, every: 25 steps, gamma: 1/2}", 0.125),
        ("{kind: step, every: 25%, gamma: .5}", 0.125),
        ("{kind: step, every: 0.25 epochs, gamma: 0.5}", 0.125),
        ("{kind: step, every: 1/4 epochs, gamma: 0.5}", 0.125),
        ("{kind: step, every: 200 samples, gamma: 0.5}", 0.125),
        ("{kind: step, every: 1.6k tokens, gamma: 0.5}", 0.125),
        ("{kind: step, every: '1.6k tokens', gamma: 0.5}", 0.125),
        ("{kind: multistep, milestones: [10, 30%, '1 epochs'], gamma: 0.5}", 0.25),
        ("{kind: points, at: {0: 1, 100%: 0}}", 0.25),
        ('{"kind": "points", "at": {"0": 1, "100": 0}}', 0.25),
        ("{kind: linear, warmup: null, cooldown: ~}", 0.25),
        ("{kind: linear, for: null, min: }", 0.25),
        ("{kind: linear, for: rest}", 0.25),
        ("{kind: linear, warmup: 50}", 0.5),
        ("{kind: linear, warmup: 0.5 epochs}", 0.5),
        ("{kind: linear, warmup: {for: 50%}}", 0.5),
        ("{kind: linear, inclusive: TRUE, for: 76}", 0.0),
        ("{kind: linear, inclusive: False, for: 150}", 0.5),
        ("linear", 0.25),
        ("'linear'", 0.25),
        ("[linear]", 0.25),
        ("[{kind: constant, value: 3, for: 75}, {kind: constant, value: 4}]", 4.0),
        ("[{kind: constant, value: 3, for: 76}, {kind: constant, value: 4}]", 3.0),
        ("{kind: expression, value: 5}", 5.0),
    ],
)
def test_each_field_type_is_read(schedule, expected, read):
    assert read(f"{RUN}schedule: {schedule}\n")(75) == expected


def test_a_file_is_relative_to_its_spec(write, read):
    write("step,lr\n0,0.5\n1,0.25\n", "rates.csv")
    assert read("steps: 3\nschedule: {kind: table, file: rates.csv}\n").lr.tolist() == [0.5, 0.25, 0.25]


def test_a_repeated_key_hides_no_other_fault(faults):
    text = 'steps: 10\nlr: 1\nschedule: {kind: cosin, to: 1, "to": 2}\nlr: 2\nfoo: 3\n'
    assert faults(text) == [("unknown-kind", "cosin"), ("duplicate-key", "lr"), ("unknown-field", "foo")]
    assert faults("steps: 10\nlr: 1\nschedule: {kind: cosine, to: 0, to: 0}\n") == [("duplicate-key", "to")]


def test_a_repeated_key_in_a_setting_is_refused(faults):
    assert faults("steps: 10\nlr: 1\nschedule: cosine\n", "schedule={kind: linear, to: 1, to: 2}") == [
        ("duplicate-key", "to")
    ]


def test_a_framework_s_name_of_a_field_is_translated(diagnostics):
    found = diagnostics("steps: 10\nlr: 1\nlearning_rate: 1\nschedule: {kind: cosine, eta_min: 0, T_max: 3}\n")
    assert [each.help for each in found] == [
        "it is called `lr` here",
        "it is called `to` here",
        "it is called `for` here",
    ]


def test_faults_beyond_fifty_are_counted(diagnostics):
    text = "steps: 10\nlr: 1\nschedule: cosine\n" + "".join(f"x{i}: 1\n" for i in range(20_000))
    *shown, last = diagnostics(text)
    assert len(shown) == 50
    assert (last.code, last.message) == ("too-many", "and 19,950 more faults")


def test_null_leaves_an_optional_field_out(faults, write):
    text = "steps: 10\nlr: 1\nmomentum: null\nschedule: {kind: cosine, warmup: null, for: ~, min: }\n"
    assert lrplot.load(write(text)).steps == 10
    assert faults("steps:\nlr:\nschedule: cosine\n") == [("missing-field", "")]
    assert faults("steps: 10\nlr:\nschedule: cosine\n") == [("missing-field", "cosine")]
    assert faults("steps: 10\nlr: 1\nschedule: {kind: cosine, to: }\n") == [("missing-value", "to")]
