"""Folders of specs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import lrplot
from lrplot.spec.folder import specs_in

SPEC = "steps: 100\nlr: 1e-3\nschedule: cosine\n"
CUT = "steps: 100\nlr: 1e-3\nschedule: {kind: linear, for: 200}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with four specs, one of them faulty, and files of other kinds."""
    for name, text in {
        "a.yaml": SPEC,
        "b/cut.yml": CUT,
        "b/c.toml": 'steps = 100\nlr = 1e-3\n[schedule]\nkind = "cosine"\n',
        "b/d.json": '{"steps": 100, "lr": 0.001, "schedule": "cosine"}',
        ".hidden/e.yaml": SPEC,
        "docker-compose.yaml": "services:\n  web:\n    schedule: daily\n    steps: 3\n",
        "notes.txt": SPEC,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_pipes_in_a_folder_are_not_read(tmp_path):
    for name in ("a.yaml", "b.json", "c.sh"):
        os.mkfifo(tmp_path / name)
    assert specs_in(tmp_path) == []


def test_specs_are_found_in_folders_inside_too(folder):
    assert [path.relative_to(folder).as_posix() for path in specs_in(folder)] == [
        "a.yaml", "b/c.toml", "b/cut.yml", "b/d.json",
    ]  # fmt: skip


def test_check_takes_all_specs_of_a_folder(run, folder):
    checked = run("check", folder)
    assert checked.code == 1
    assert f" --> {folder}/b/cut.yml:3:31\n" in checked.out
    assert checked.out.endswith("\n1 warning in 1 of 4 specs\n")


def test_a_spec_that_cannot_be_read_does_not_hide_the_others(run, folder):
    (folder / "a.yaml").write_text("steps: 1\nschedule: cosin\n", encoding="utf-8")
    checked = run("check", folder)
    assert checked.code == 2
    assert checked.out.endswith("\n1 warning in 1 of 4 specs; 1 cannot be read\n")


def test_show_draws_all_specs_of_a_folder(run, folder):
    shown = run("show", folder / "b", "--spark")
    assert shown.code == 0
    assert [line.split()[0] for line in shown.out.splitlines()] == ["c", "cut", "d"]
    assert len(json.loads(run("show", folder, "--json").out)["runs"]) == 4


def test_a_folder_without_specs_is_an_error(run, tmp_path):
    checked = run("check", tmp_path)
    assert checked.code == 2
    assert (
        f"error[unreadable]: cannot read `{tmp_path}`: the folder holds no spec and no training config\n" in checked.out
    )
    assert run("show", tmp_path).code == 2


def test_a_schema_beside_a_spec_is_no_spec(run, tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert run("schema", "-o", tmp_path / "lrplot.schema.json").code == 0
    named = tmp_path / "named.json"
    named.write_text('{"$schema": "lrplot.schema.json", "steps": 9, "lr": 1, "schedule": "cosine"}')
    assert specs_in(tmp_path) == [named, tmp_path / "spec.yaml"]


def test_a_folder_with_one_spec_stands_for_it(folder):
    (folder / "one").mkdir()
    (folder / "one" / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert lrplot.load(folder / "one").name == "spec"
    with pytest.raises(lrplot.SpecError, match="it is a folder with 3 specs"):
        lrplot.load(folder / "b")


EXAMPLES = Path(__file__).parents[1] / "trainers/examples"
ARGUMENTS = "learning_rate: 1e-4\nmax_steps: 100\nlr_scheduler_type: linear\nper_device_train_batch_size: 4\n"


def test_configs_of_training_programs_are_found(tmp_path):
    for path in EXAMPLES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0.0", "steps": [1]}')
    (tmp_path / "train.py").write_text("import torch\n\nlearning_rate = 0.1\nfor step in range(10):\n    pass\n")
    (tmp_path / "broken.yaml").write_text("learning_rate: [\n")
    (tmp_path / "README.md").write_text("# A repository\n\nlearning_rate is 3e-4\n")
    assert {path.name for path in specs_in(tmp_path)} == {path.name for path in EXAMPLES.iterdir()}


def test_a_file_that_a_config_names_is_no_config_of_its_own(tmp_path):
    engine = (
        '{"optimizer": {"params": {"lr": 1}}, "scheduler": {"type": "WarmupLR", "params": {}}, "zero_optimization": {}}'
    )
    (tmp_path / "args.yaml").write_text(ARGUMENTS + "deepspeed: ds/zero.json\n")
    (tmp_path / "ds").mkdir()
    (tmp_path / "ds/zero.json").write_text(engine)
    (tmp_path / "ds/other.json").write_text(engine)
    assert [path.name for path in specs_in(tmp_path)] == ["args.yaml", "other.json"]


def test_a_base_of_a_config_is_no_config_of_its_own(tmp_path):
    base = "optimizer = dict(lr=0.1)\nlr_config = dict(policy='step', step=[1])\nrunner = dict(max_epochs=2)\n"
    (tmp_path / "base.py").write_text(base)
    (tmp_path / "mine.py").write_text("_base_ = './base.py'\noptimizer = dict(lr=0.2)\n")
    assert [path.name for path in specs_in(tmp_path)] == ["mine.py"]


def test_a_run_folder_stands_for_the_arguments_that_ruled(run, tmp_path):
    (tmp_path / "training_args.bin").write_bytes((EXAMPLES / "transformers_args.bin").read_bytes())
    (tmp_path / "README.md").write_bytes((EXAMPLES / "model-card.md").read_bytes())
    (tmp_path / "checkpoint-10").mkdir()
    (tmp_path / "checkpoint-10/training_args.bin").write_bytes((EXAMPLES / "transformers_args.bin").read_bytes())
    assert [path.name for path in specs_in(tmp_path)] == ["training_args.bin"]
    assert run("at", tmp_path, "first").code == 0


def test_hyperparameters_beside_options_are_part_of_them(tmp_path):
    (tmp_path / "opt.yaml").write_text(
        "epochs: 3\nbatch_size: 16\nhyp: data/hyp.scratch.yaml\nweights: ''\nnoautoanchor: false\n"
    )
    hyp = "lr0: 0.01\nlrf: 0.1\nmomentum: 0.9\nwarmup_epochs: 3.0\nanchor_t: 4.0\nobj: 1.0\nbox: 0.05\n"
    (tmp_path / "hyp.yaml").write_text(hyp)
    assert [path.name for path in specs_in(tmp_path)] == ["opt.yaml"]
