"""Specs in an editor: the JSON Schema as the YAML language server of VS Code, Neovim and others reads it.

`pytest -m editor tests/output` runs these tests, after `npm install --prefix .venvs/editor yaml-language-server`.
"""

from __future__ import annotations

import pytest
from language_server import LanguageServer
from support import ROOT

from lrplot.spec.source import preset_text

pytestmark = pytest.mark.editor

SERVER = ROOT / ".venvs" / "editor" / "node_modules" / ".bin" / "yaml-language-server"
CONFIGS = ROOT / "configs"
FIRST_LINE = "# yaml-language-server: $schema=lrplot.schema.json\n"
BAD = sorted(path for path in (ROOT / "tests/spec/bad_specs").iterdir() if path.suffix in (".yaml", ".json"))


@pytest.fixture(scope="module")
def server():
    settings = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
    with LanguageServer([str(SERVER), "--stdio"], settings) as server:
        yield server


@pytest.fixture
def opened(server, request):
    """Open a text as a file beside the shipped specs, whose first line names their schema; its diagnostics."""
    path = CONFIGS / f"{request.node.name}.yaml"
    return path, lambda text: [each["message"] for each in server.open(path, FIRST_LINE + text)]


@pytest.fixture
def ask(server, opened):
    """Ask about the place of the cursor, which is a bar, in a spec."""
    path, open_ = opened

    def answer(method: str, text: str):
        before, after = text.split("|")
        open_(before + after)
        lines = (FIRST_LINE + before).split("\n")
        return server.at(f"textDocument/{method}", path, len(lines) - 1, len(lines[-1]))

    return answer


@pytest.fixture
def offered(ask):
    """The words that are offered at the cursor, each with its help."""

    def words(text: str) -> dict[str, str]:
        return {item["label"]: str(item.get("documentation")) for item in ask("completion", text)["items"]}

    return words


@pytest.fixture
def hover(ask):
    """The text that is shown at the cursor, without the backslashes of Markdown."""
    return lambda text: ask("hover", text)["contents"]["value"].replace("\\", "")


def test_shipped_specs_have_no_fault(server):
    faults = {path.name: server.open(path, path.read_text(encoding="utf-8")) for path in sorted(CONFIGS.glob("*.yaml"))}
    assert [name for name, found in faults.items() if found] == []


def test_a_preset_that_is_printed_anywhere_has_its_schema(server, tmp_path):
    text = preset_text("cosine").replace("warmup: 500", "wamup: 500")
    (fault,) = server.open(tmp_path / "mine.yaml", text)
    assert fault["message"] == "Property wamup is not allowed."


def test_a_spec_may_name_its_schema_by_a_key(server):
    path = CONFIGS / "by_a_key.yaml"
    (fault,) = server.open(path, "$schema: lrplot.schema.json\nsteps: 9\nlr: high\nschedule: cosine\n")
    assert fault["message"] == "write `0.1`, `1e-4` or `1/3`"


def test_at_least_four_fifths_of_the_bad_specs_have_a_fault(server):
    flagged = []
    for path in BAD:
        text = FIRST_LINE + path.read_text(encoding="utf-8")
        flagged += [path.name] if server.open(CONFIGS / f"bad_{path.stem}.yaml", text) else []
    assert len(flagged) >= 0.8 * len(BAD)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("lr: 1\nschedule: cosine\n", ["a run has one length: `steps`, `epochs`, `samples` or `tokens`"]),
        ("steps: 9\nschedule: cosine\n", ["`lr`, the base learning rate, is missing"]),
        ("steps: 9\nlr: 1\nschedule: {kind: cosine, wamup: 3}\n", ["Property wamup is not allowed."]),
        (
            "steps: 9\nlr: 1\nschedule: {kind: step, every: 3 epochs}\n",
            [
                "cannot turn epochs into steps: give `steps_per_epoch` or `dataset_size` with `batch_size` or "
                "`dataset_size` with `per_device_batch_size`"
            ],
        ),
    ],
    ids=["no length", "no base", "no such field", "no conversion"],
)
def test_a_fault_is_explained(opened, text, messages):
    assert opened[1](text) == messages


def test_keys_of_a_spec_are_offered_with_their_help(offered):
    words = offered("|")
    assert words["lr"] == "the base learning rate"
    assert words["steps"] == "length of the run in updates"
    assert {"epochs", "schedule", "groups", "momentum", "layer_decay"} <= set(words)


def test_kinds_are_offered_with_their_formulas(offered):
    words = offered("steps: 9\nlr: 1\nschedule:\n  kind: |\n")
    assert "to + (from − to)·(1 + cos πu)/2" in words["cosine"]
    assert {"linear", "wsd", "one_cycle", "multistep"} <= set(words)


def test_kinds_are_offered_in_the_place_of_a_mapping(offered):
    assert {"cosine", "linear"} <= set(offered("steps: 9\nlr: 1\nschedule: |\n"))


def test_the_fields_of_the_kind_are_offered(offered):
    words = set(offered("steps: 9\nlr: 1\nschedule:\n  kind: wsd\n  |\n"))
    assert {"cooldown", "shape", "warmup"} <= words
    assert not {"gamma", "milestones", "steps"} & words


def test_a_field_is_written_with_its_colon(ask):
    items = ask("completion", "steps: 9\nlr: 1\nschedule:\n  kind: cosine\n  |\n")["items"]
    assert [item["label"] for item in items if ":" not in item["insertText"]] == []


def test_fields_are_offered_in_braces_once_a_letter_is_written(offered):
    assert {"warmup", "to"} <= set(offered("steps: 9\nlr: 1\nschedule: {kind: cosine, w|}\n"))


def test_the_choices_of_a_field_are_offered(offered):
    words = offered("steps: 9\nlr: 1\nschedule:\n  kind: warmup\n  shape: |\n")
    assert set(words) == {"linear", "cosine", "exponential", "polynomial", "sqrt"}


def test_schedulers_of_frameworks_and_their_arguments_are_offered(offered):
    schedulers = offered("steps: 9\nlr: 1\nschedule:\n  use: torch.|\n")
    assert {"torch.OneCycleLR", "timm.CosineLRScheduler"} <= set(schedulers)


def test_the_arguments_of_a_scheduler_are_offered(offered):
    words = offered("steps: 9\nlr: 1\nschedule:\n  use: torch.OneCycleLR\n  |\n")
    assert {"max_lr", "total_steps", "pct_start"} <= set(words)
    assert "T_max" not in words


def test_fields_of_a_group_are_offered(offered):
    assert "start" in offered("steps: 9\nlr: 1\nschedule: cosine\ngroups:\n  head:\n    |\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("st|eps: 9\nlr: 1\nschedule: cosine\n", "length of the run in updates"),
        ("steps: 9\nlr: 1\nschedule:\n  kind: co|sine\n", "to + (from − to)·(1 + cos πu)/2, u = t/n"),
        ("steps: 9\nlr: 1\nschedule:\n  kind: cosine\n  warm|up: 3\n", "a ramp before the decay"),
        ("steps: 9\nlr: 1\nschedule:\n  use: torch.One|CycleLR\n  max_lr: 1\n", "One rise and one fall"),
        ("steps: 9\nlr: 1\nschedule:\n  use: torch.OneCycleLR\n  max_|lr: 1\n", "the peak"),
    ],
    ids=["a key", "a kind", "a field", "a scheduler", "an argument"],
)
def test_help_is_shown_at_the_cursor(hover, text, shown):
    assert shown in hover(text)
