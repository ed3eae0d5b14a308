"""The JSON Schema of a spec, read by a validator of draft-07."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from lrplot import SpecError, load
from lrplot.frameworks import frameworks
from lrplot.kinds import KINDS
from lrplot.output.json_schema import json_schema

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*ROOT.glob("configs/*.yaml"), *ROOT.glob("gallery/specs/**/*.yaml")])
SPECS = [path for path in SHIPPED if re.search(r"^schedule:", path.read_text(encoding="utf-8"), re.MULTILINE)]
BAD = sorted(path for path in ROOT.glob("tests/spec/bad_specs/*") if path.suffix in (".yaml", ".json", ".toml"))

# Faults that no schema sees: an editor's own parser reports the first three, the others are arithmetic and quotes.
UNSEEN = {"duplicate_key", "several_documents", "unknown_alias", "expression", "quoted_number"}


class Core(yaml.SafeLoader):
    """Scalars by the core schema of YAML 1.2, as editors read them."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), [*first, ""])


def read(text: str, loader: Any = Core) -> Any:
    """A YAML document as JSON has it, with text for keys."""
    return json.loads(json.dumps(yaml.load(text, loader)))


@cache
def validator() -> Draft7Validator:
    schema = json.loads(json_schema())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def faults(spec: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator().iter_errors(spec)]


@pytest.mark.parametrize("loader", [Core, yaml.SafeLoader])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_shipped_specs_have_no_fault(path, loader):
    assert faults(read(path.read_text(encoding="utf-8"), loader)) == []


def test_most_bad_specs_have_a_fault():
    unseen = set()
    for path in BAD:
        text = path.read_text(encoding="utf-8")
        try:
            spec = tomllib.loads(text) if path.suffix == ".toml" else read(text.replace("\t", " "))
        except yaml.YAMLError:
            unseen.add(path.stem)
        else:
            if not faults(spec):
                unseen.add(path.stem)
    assert unseen == UNSEEN
    assert len(unseen) <= len(BAD) / 5


GOOD = {
    "numbers as people write them": """
        $schema: ./lrplot.schema.json
        tokens: 1.5B
        tokens_per_step: 0x10
        lr: 1/3
        schedule: {kind: polynomial, power: 50%, to: 1e-1%, min: 1_0.5e-7, for: rest}
    """,
    "a number in each notation": """
        steps: 0100000
        lr: +3.e-4
        schedule: {kind: linear, warmup: {for: .5 epochs, from: 10 %, skip_zero: true}}
        steps_per_epoch: 10k
    """,
    "a length that is left out": "{epochs: 3, steps: null, schedule: {kind: constant, value: 1}}",
    "a scheduler by its name alone": "{epochs: 3, lr: 1, schedule: torch.ConstantLR}",
    "phases": """
        steps: 1000
        lr: 1
        schedule:
          - {kind: warmup, for: 3%}
          - {kind: cosine, until: 50%}
          - {use: torch.ConstantLR, for: 10}
          - {kind: repeat, of: {kind: step, every: 1/10 epochs}, times: 2, for: 20%}
          - - {kind: cosine, for: 5 steps}
            - constant
        steps_per_epoch: 100
    """,
    "a spec in full": """
        name: 2024
        epochs: 2.5
        dataset_size: 50k
        per_device_batch_size: 8
        devices: 2
        accumulate: 4
        drop_last: true
        lr: 1e-3
        interval: epoch
        schedule: {kind: one_cycle, momentum: null, pct_start: 30%}
        weight_decay: {kind: linear, from: 0.1, to: 0.2}
        momentum: 9/10
        beta2: {kind: constant, value: 0.99}
        groups:
          heads: {lr: 10%, start: 1 epoch, schedule: null}
          "1": {schedule: [{kind: points, at: {0: 1e-3, 50%: 1e-4, 1 epoch: 0}}], momentum: 0}
        layer_decay: {layers: 12, decay: 0.75, head: 1}
        accept: {first-zero: on purpose}
    """,
    "tables": "{steps: 9, schedule: {kind: table, file: 2024.csv}}",
    "a file of another program's scheduler by Hydra": """
        steps: 100
        lr: 1
        schedule: {_target_: torch.optim.lr_scheduler.StepLR, _partial_: true, step_size: 30, last_epoch: -1, for: 50}
    """,
    "by Lightning": """
        steps: 100
        lr: 1
        schedule:
          class_path: torch.optim.lr_scheduler.StepLR
          init_args: {step_size: 30}
          interval: step
    """,
    "a composite with an expression": """
        steps: 100
        lr: 1
        schedule:
          use: torch.SequentialLR
          schedulers: [{use: torch.LambdaLR, lr_lambda: 0.9 ** epoch}, {use: torch.LambdaLR, lr_lambda: 1}]
          milestones: [10]
    """,
    "a version that looks like a number": "{epochs: 9, lr: 1, schedule: {use: ultralytics.BaseTrainer, rules: 8.2}}",
}

WRONG = {
    "a boolean": ("{steps: true, lr: 1, schedule: cosine}", "steps"),
    "a negative base": ("{steps: 9, lr: -1, schedule: cosine}", "lr"),
    "a percentage of nothing": ("{steps: 9, lr: 5%, schedule: cosine}", "lr"),
    "infinity": ("{steps: 9, lr: .inf, schedule: cosine}", "lr"),
    "quotes": ("{steps: '9', lr: 1, schedule: cosine}", "steps"),
    "part of an update": ("{steps: 1.5, lr: 1, schedule: cosine}", "steps"),
    "no value": ("{steps: 9, lr: 1, schedule: {kind: cosine, to: null}}", "schedule.to"),
    "a key of another program": ("{max_steps: 9, lr: 1, schedule: cosine}", ""),
    "two lengths": ("{steps: 9, epochs: 3, lr: 1, schedule: cosine}", ""),
    "tokens without a rate": ("{tokens: 9B, lr: 1, schedule: cosine}", "tokens"),
    "tokens in a phase": ("{steps: 9, lr: 1, schedule: [{kind: warmup, for: 3 tokens}, cosine]}", "schedule.0.for"),
    "epochs of an unknown length": ("{steps: 9, lr: 1, schedule: cosine, interval: epoch}", "interval"),
    "no base": ("{steps: 9, schedule: {kind: step, every: 2}}", "schedule"),
    "no phases": ("{steps: 9, lr: 1, schedule: []}", "schedule"),
    "a lower kind": ("{steps: 9, lr: 1, schedule: [cosin]}", "schedule.0"),
    "an unknown scheduler": ("{steps: 9, lr: 1, schedule: {use: torch.StepLrr}}", "schedule.use"),
    "an unknown framework": ("{steps: 9, lr: 1, schedule: {use: tourch.StepLR}}", "schedule.use"),
    "an argument that is missing": ("{steps: 9, lr: 1, schedule: {use: torch.StepLR}}", "schedule"),
    "an argument of another scheduler": (
        "{steps: 9, lr: 1, schedule: {use: torch.StepLR, step_size: 3, T_max: 4}}",
        "schedule",
    ),
    "an argument for resuming": (
        "{steps: 9, lr: 1, schedule: {use: torch.StepLR, step_size: 3, last_epoch: 5}}",
        "schedule.last_epoch",
    ),
    "two names": ("{steps: 9, lr: 1, schedule: {kind: step, use: torch.StepLR, step_size: 3}}", "schedule"),
    "an argument in a composite": (
        "{steps: 9, lr: 1, schedule: {use: torch.ChainedScheduler, schedulers: [{use: torch.StepLR, step: 3}]}}",
        "schedule.schedulers.0",
    ),
    "an argument that Lightning passes": (
        "{steps: 9, lr: 1, schedule: {class_path: torch.optim.lr_scheduler.StepLR, init_args: {step: 3}}}",
        "schedule.init_args",
    ),
    "a time that is no time": ("{steps: 9, lr: 1, schedule: {kind: points, at: {soon: 1}}}", "schedule.at"),
    "a group's field": ("{steps: 9, lr: 1, schedule: cosine, groups: {a: {lrr: 1}}}", "groups.a"),
    "a word for a parameter": ("{steps: 9, lr: 1, schedule: cosine, momentum: high}", "momentum"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_good_specs_have_no_fault_here_and_there(text, tmp_path):
    (tmp_path / "2024.csv").write_text("step,lr\n0,1\n", encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    assert load(path).steps > 0
    assert faults(read(text)) == []


@pytest.mark.parametrize(("text", "place"), WRONG.values(), ids=WRONG)
def test_faults_are_at_their_places(text, place, tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError):
        load(path)
    found = {fault.partition(":")[0] for fault in faults(read(text))}
    assert place in found


def test_every_kind_and_scheduler_is_described():
    definitions = json.loads(json_schema())["definitions"]

    def described(field: dict[str, Any]) -> str:
        return field.get("description") or definitions[field["$ref"].removeprefix("#/definitions/")]["description"]

    kinds = {name: definitions[f"kind.{name}"]["properties"]["kind"]["description"] for name in KINDS}
    schedulers = {each.name: each for home in frameworks() for each in home.schedulers.values()}
    assert all(kinds[name].startswith(kind.summary) for name, kind in KINDS.items())
    uses = {name: described(definitions[name]["else"]["properties"]["use"]) for name in schedulers}
    assert all(uses[name].startswith(each.summary) for name, each in schedulers.items())


def test_every_reference_has_a_definition():
    text = json_schema()
    names = set(re.findall(r'"\$ref": "#/definitions/([^"]*)"', text))
    assert names <= set(json.loads(text)["definitions"])


def test_an_editor_can_hold_it():
    assert len(json_schema().encode()) < 1_000_000
