"""`lrplot kinds`."""

import json

import pytest
from support import Run

from lrplot.frameworks import frameworks
from lrplot.frameworks.shared.measured import measured
from lrplot.kinds import KINDS
from lrplot.schema.fields import fields_of
from lrplot.spec.document import Document, Group, LayerDecay

DIALECTS = [kind for framework in frameworks() for kind in framework.schedulers.values()]


def test_list_names_every_kind(run: Run):
    title, usage, *lines = run("kinds").out.splitlines()
    assert (title, usage) == ("native kinds", " kind: NAME")
    assert [line.split()[0] for line in lines[: len(KINDS)]] == list(KINDS)
    assert max(map(len, lines)) <= 80


def test_list_names_every_scheduler_under_its_framework(run: Run):
    out = run("kinds").out
    for framework in frameworks():
        _, _, listed = out.partition(
            f"\n{framework.name}, checked against {framework.distribution} {framework.version}\n"
        )
        names = [line.split()[0] for line in listed.partition("\n\n")[0].splitlines() if not line.startswith(" ")]
        assert names == list(framework.schedulers)
        assert run("kinds", framework.name).out.startswith(f"{framework.name}, checked against")


@pytest.mark.parametrize("kind", DIALECTS, ids=lambda kind: kind.name)
def test_details_of_a_scheduler(run: Run, kind):
    out = " ".join(run("kinds", kind.name).out.split())
    for section in ("Formula", "Source"):
        assert kind.section(section)
        assert kind.section(section) in out
    assert f"against {kind.checked} in {measured()[kind.name].cases} cases: " in out
    for field in kind.fields:
        assert field.help, field.name
        assert f" {field.name}: {field.type} (" in out


@pytest.mark.parametrize("name", list(KINDS))
def test_details_of_a_kind(run: Run, name):
    out = run("kinds", name).out
    kind = KINDS[name]
    for section in ("Formula", "Source"):
        assert kind.section(section).split()[0] in out
    for title in ("good for", "cost", "recipe"):
        assert f"\n{title}\n  {kind.advice[title].split()[0]}" in out
    assert f"`lrplot show {kind.section('Recipe')}`" in out
    for field in (*kind.fields, *kind.shared_fields):
        assert f" {field.name}: {field.type} (" in " ".join(out.split())


def test_json_is_the_schema(run: Run):
    data = {kind["name"]: kind for kind in json.loads(run("kinds", "--json").out)["kinds"]}
    assert list(data) == [*KINDS, *(kind.name for kind in DIALECTS)]
    assert data["torch.StepLR"]["checked"] == "torch 2.13.0"
    assert data["torch.StepLR"]["cases"] == measured()["torch.StepLR"].cases
    every, gamma = (next(f for f in data["step"]["fields"] if f["name"] == name) for name in ("every", "gamma"))
    assert every["required"]
    assert (gamma["default"], gamma["type"]) == ("default 0.1", "number > 0")
    assert len(data["cosine"]["fields"]) == len(fields_of(KINDS["cosine"].builder))
    assert all({"good_for", "cost", "recipe"} <= data[name].keys() for name in KINDS)
    assert data["torch.StepLR"]["native"] == "step"
    assert "good_for" not in data["torch.StepLR"]


def test_unknown_kind(run: Run):
    result = run("kinds", "xyzzy")
    assert result.code == 2
    assert "error[unknown-kind]: there is no kind `xyzzy`\n --> command line:1:14\n" in result.err
    assert result.err.count("`") == 2 + 2 * 5 + 2 + 0  # the name, the five nearest, the command that lists all


def test_unknown_scheduler(run: Run):
    result = run("kinds", "torch.OneCycel")
    assert result.code == 2
    assert "error[unknown-scheduler]: torch has no scheduler `OneCycel`\n" in result.err
    assert "help: did you mean `OneCycleLR`?\n" in result.err


def names(run: Run, text: str) -> list[str]:
    """The names that a search lists."""
    lines = run("kinds", text).out.partition("\n\n")[0].splitlines()
    return [line.split()[0] for line in lines if not line.startswith(" ")]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sgdr", ["cosine_restarts"]),
        ("clr", ["cyclic"]),
        ("poly", ["polynomial"]),
        ("OneCycleLR", ["mmengine.OneCycleLR", "paddle.OneCycleLR", "torch.OneCycleLR", "one_cycle"]),
        ("onecycle", ["one_cycle"]),
        ("CosineAnnealingLR", ["mmengine.CosineAnnealingLR", "torch.CosineAnnealingLR", "cosine"]),
        ("hf", ["transformers,"]),
        ("pytorch", ["torch,"]),
        ("cosin", ["cosine", "cosine_restarts"]),
        ("segmentation networks", ["polynomial"]),
        ("reinforcement learning", ["constant"]),
    ],
)
def test_a_name_is_found_by_part_alias_and_description(run: Run, text, first):
    assert names(run, text)[: len(first)] == first


def test_a_scheduler_points_at_the_native_kind_that_names_it(run: Run):
    assert (
        "\nnative\n  cosine_restarts: `lrplot kinds cosine_restarts`\n"
        in run("kinds", "torch.CosineAnnealingWarmRestarts").out
    )
    assert "\nnative\n" not in run("kinds", "deepspeed.WarmupLR").out


def test_no_line_of_a_list_is_wider_than_80_columns(run: Run):
    assert max(map(len, run("kinds", "get_cosine").out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "record"), [("spec", Document), ("groups", Group), ("layer_decay", LayerDecay), ("accept", None)]
)
def test_keys_of_a_spec(run: Run, name, record):
    out = run("kinds", name).out
    assert out.startswith(f"{name}\n  ")
    for field in fields_of(record) if record else ():
        assert f" {field.name}: {field.type} (" in " ".join(out.split())
    (data,) = json.loads(run("kinds", name, "--json").out)["kinds"]
    assert data["name"] == name


def test_plain_ascii(run: Run):
    assert run("kinds", "one_cycle", "--ascii").out.isascii()


def test_what_differs_in_float32_is_said_where_the_checks_say_it(run: Run):
    for framework in frameworks():
        for definition in framework.schedulers.values():
            assert bool(definition.section("Float32")) == bool(definition.float32), definition.name
    out = run("kinds", "optax.polynomial_schedule").out
    assert "\nin float32, which training uses\n  a power that is not whole is NaN from the end on" in out
    assert "float32" not in run("kinds", "optax.linear_schedule").out
