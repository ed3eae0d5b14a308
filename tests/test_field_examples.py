"""The examples that errors of missing fields show: each one, put into the spec, cures its error."""

import ast
import re
from pathlib import Path

import pytest

import lrplot
from lrplot.diagnostics import Diagnostics, Source
from lrplot.frameworks import frameworks
from lrplot.kinds import KINDS
from lrplot.schema.fields import fields_of
from lrplot.schema.types import Record
from lrplot.spec.document import Document
from lrplot.spec.schedules import SpecBinder
from lrplot.text.yaml import read_yaml
from lrplot.trainers import TRAINERS
from lrplot.trainers.shared.config import VALUES

DEFINITIONS = [*KINDS.values(), *(each for framework in frameworks() for each in framework.schedulers.values())]
SPEC = """\
steps: 1000
lr: 0.01
steps_per_epoch: 100
"""
CURE = re.compile(r"add `(\w+): (.*?)`(?=$| \(|,)")
ENDING = "would-raise"  # the example of a metric ends before the run does
# The one takes one of three fields, and its help shows each; the other has no value without its optional warmup.
UNTOLD = {"exponential", "wenet.NoamHoldAnnealing"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "table.csv").write_text("lr\n0.25\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults(path, text):
    path.write_text(text)
    try:
        lrplot.load(path)
    except lrplot.SpecError as error:
        return [each for each in error.diagnostics if each.code != ENDING]
    return []


def moves_momentum(definition):
    return "momentum" in definition.name.lower() or "param_name" in {field.name for field in definition.fields}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_the_examples_of_missing_fields_cure_their_errors(definition, folder):
    head = SPEC + ("momentum: 0.9\n" if moves_momentum(definition) else "")
    head += f"schedule:\n  {'use' if definition.framework else 'kind'}: {definition.name}\n"
    required = {field.name for field in definition.fields if field.required}
    cures: dict[str, str] = {}
    while found := faults(
        folder / "spec.yaml", head + "".join(f"  {name}: {value}\n" for name, value in cures.items())
    ):
        if definition.name in UNTOLD:
            return
        new = {match[1]: match[2] for each in found if (match := CURE.match(each.help or ""))}
        assert new, [(each.message, each.help) for each in found]
        assert not new.keys() & cures.keys(), [(each.message, each.help) for each in found]
        cures |= new
    assert required <= cures.keys()


def all_fields():
    owners = (
        [definition.builder for definition in DEFINITIONS] + [each.translate for each in TRAINERS.values()] + [Document]
    )
    seen = set()
    while owners:
        owner = owners.pop()
        if owner in seen:
            continue
        seen.add(owner)
        for field in fields_of(owner):
            yield field
            if isinstance(field.type, Record):
                owners.append(field.type.type)


def test_every_field_can_be_read_from_its_example(folder):
    for field in all_fields():
        report = Diagnostics()
        source = Source("example.yaml", f"{field.name}: {field.example}\n")
        node = read_yaml(source).get(field.name)
        SpecBinder(report, folder).value(field.type, node, f"`{field.name}`")
        assert not report, (field.name, field.example, report)


def texts_in(node):
    """The texts in a call, of those with values put in the part after the last one."""
    inner = [part for each in ast.walk(node) if isinstance(each, ast.JoinedStr) for part in each.values]
    parts = [each.values[-1] for each in ast.walk(node) if isinstance(each, ast.JoinedStr) and each.values]
    alone = [each for each in ast.walk(node) if isinstance(each, ast.Constant) and each not in inner]
    return [each.value for each in (*parts, *alone) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def test_every_fact_or_key_that_a_config_lacks_has_an_example():
    names = set()
    for path in (Path(lrplot.__file__).parent / "trainers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("missing", "needed"):
                keys = [text for text in texts_in(node) if re.fullmatch(r"[\w.]+", text)]
                names |= {key.rpartition(".")[2] for key in keys}
    assert names - {""} <= set(VALUES)
