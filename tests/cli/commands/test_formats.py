"""`lrplot formats`, and configs in the other commands."""

import json

import pytest

from lrplot.emit import EMITTERS
from lrplot.logs import LOGS
from lrplot.trainers import TRAINERS

ARGUMENTS = "max_steps: 100\nlearning_rate: 1e-3\nwarmup_steps: 10\nwarmup_ratio: 0.5\nweight_decays: 0\n"


def test_every_format_is_listed(run):
    result = run("formats")
    assert result.code == 0
    assert all(f"\n{name} " in f"\n{result.out}" for name in [*TRAINERS, *LOGS, *EMITTERS])
    targets = json.loads(run("formats", "--json").out)["targets"]
    assert [(each["name"], bool(each["summary"])) for each in targets] == [(name, True) for name in EMITTERS]


@pytest.mark.parametrize("name", TRAINERS)
def test_a_format_has_its_keys_and_marks(run, name):
    result = run("formats", name)
    assert result.code == 0
    trainer = TRAINERS[name]
    assert all(f"{field.name}:" in "".join(result.out.split()) for field in trainer.keys)
    assert trainer.marks[0] in result.out
    assert trainer.source
    assert [field.name for field in trainer.keys if not field.help] == []


@pytest.mark.parametrize("name", LOGS)
def test_a_format_of_logs_has_what_is_read_and_its_source(run, name):
    result = run("formats", name)
    assert result.code == 0
    page = "".join(result.out.split())
    parts = LOGS[name].title, LOGS[name].keys, LOGS[name].source
    assert all(parts)
    assert all("".join(part.split()) in page for part in parts)


def test_an_unknown_format_names_the_nearest(run):
    result = run("formats", "transformer")
    assert result.code == 2
    assert "did you mean `transformers`?" in result.err


def test_formats_as_json(run):
    data = json.loads(run("formats", "deepspeed", "--json").out)
    (found,) = data["formats"]
    assert data["logs"] == []
    assert (found["name"], found["versions"][-1]) == ("deepspeed", TRAINERS["deepspeed"].versions[-1])
    assert "zero_optimization" in found["marks"]


def test_formats_of_logs_as_json(run):
    (found,) = json.loads(run("formats", "llama-factory", "--json").out)["logs"]
    assert found["files"] == ["trainer_log.jsonl"]
    assert "current_steps" in found["keys"]


def test_the_page_says_what_a_config_was_read_as(run, spec):
    path = spec(ARGUMENTS, "args.yaml")
    assert "read as Hugging Face TrainingArguments by the rules of transformers 5" in run("show", path).out
    assert "by the rules of transformers 4.46" in run("show", path, "--as", "transformers@4.46").out
    reading = json.loads(run("show", path, "--json").out)["runs"][0]["reading"]
    assert reading == {"format": "transformers", "version": "5"}


def test_remarks_are_findings_at_their_lines(run, spec):
    path = spec(ARGUMENTS, "args.yaml")
    findings = json.loads(run("check", path, "--format", "json").out)["findings"]
    found = [(each["severity"], each["code"], each["line"]) for each in findings]
    assert ("note", "ignored-key", 4) in found
    assert ("warning", "near-miss", 5) in found


@pytest.mark.parametrize(
    "arguments",
    [("show", "--spark"), ("plot", "-o", "-", "--format", "svg"), ("export",), ("at", "last"), ("check",)],
)
def test_every_command_takes_the_name_of_a_format(run, spec, arguments):
    command, *others = arguments
    path = spec("learning_rate: 1\nmax_steps: 5\n", "args.yaml")
    assert run(command, path, *others, "--as", "transformers").code == 0
    assert run(command, path, *others, "--as", "nothing").code == 2


def test_configs_can_be_compared(run, spec):
    path = spec(ARGUMENTS, "args.yaml")
    other = spec(ARGUMENTS.replace("warmup_steps: 10", "warmup_steps: 20"), "other.yaml")
    assert run("compare", path, other, "--as", "transformers", "--tolerance", 0).code == 1
