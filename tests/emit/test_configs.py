"""Configs of DeepSpeed, Megatron-LM, torchtitan and Composer: their text, and what lrplot's readers find in it."""

import json
import tomllib

import numpy as np
import pytest

import lrplot

RAMP = {"kind": "warmup", "for": 10, "skip_zero": True}
SUFFIXES = {"deepspeed": ".json", "megatron": ".sh", "torchtitan": ".toml", "composer": ".yaml"}


def run_of(schedule, **more):
    return {"steps": 100, "lr": 0.5, "schedule": schedule, **more}


@pytest.fixture
def read_back(tmp_path):
    """A function that writes a spec for a target, and loads the text as a file."""

    def read(spec, target, **options):
        text = lrplot.convert(spec, to=target, **options)
        path = tmp_path / f"config{SUFFIXES[target]}"
        path.write_text(text)
        return lrplot.load(path, ["steps=100"] if target == "deepspeed" else [])

    return read


def same(first, other):
    assert first.steps == other.steps
    assert np.max(np.abs(first.lr - other.lr)) <= 1e-12 * np.max(first.lr)


def test_the_arguments_of_megatron():
    spec = run_of({"kind": "cosine", "warmup": 10, "to": 0.1}, weight_decay=0.1)
    assert lrplot.convert(spec, to="megatron") == (
        "# equal at all 100 updates (largest difference 2e-15 of the peak)\n"
        "--train-iters 100 \\\n"
        "--lr 0.5 \\\n"
        "--min-lr 0.1 \\\n"
        "--lr-warmup-iters 10 \\\n"
        "--lr-decay-iters 100 \\\n"
        "--lr-decay-style cosine \\\n"
        "--weight-decay 0.1\n"
    )


@pytest.mark.parametrize(
    ("schedule", "flags"),
    [
        ("constant", ["--lr-decay-style constant"]),
        ({"kind": "linear", "for": 80}, ["--lr-decay-style linear", "--lr-decay-iters 80"]),
        ({"kind": "cosine", "warmup": {"for": 5, "from": 0.1}}, ["--lr-warmup-iters 5", "--lr-warmup-init 0.1"]),
        (
            {"kind": "wsd", "warmup": 5, "cooldown": 20, "shape": "sqrt"},
            ["--lr-decay-style WSD", "--lr-wsd-decay-iters 20", "--lr-wsd-decay-style minus_sqrt"],
        ),
        (
            [{"kind": "warmup", "for": 16}, {"kind": "inverse_sqrt"}],
            ["--lr-decay-style inverse-square-root", "--lr-warmup-iters 16"],
        ),
    ],
    ids=str,
)
def test_a_shape_of_megatron_is_read_back(read_back, schedule, flags):
    spec = run_of(schedule)
    text = lrplot.convert(spec, to="megatron")
    assert all(flag in text for flag in flags)
    same(lrplot.load(spec), read_back(spec, "megatron"))


def test_the_sections_of_torchtitan():
    spec = run_of([RAMP, {"kind": "constant", "for": 70}, {"kind": "sqrt", "to": 0.05}])
    text = lrplot.convert(spec, to="torchtitan")
    assert text.startswith("# equal at all 100 updates (largest difference ")
    assert tomllib.loads(text) == {
        "optimizer": {"lr": 0.5},
        "lr_scheduler": {"warmup_steps": 10, "decay_ratio": 0.2, "decay_type": "sqrt", "min_lr_factor": 0.1},
        "training": {"steps": 100},
    }


@pytest.mark.parametrize(
    "schedule",
    [
        "constant",
        [RAMP, "linear"],
        [RAMP, {"kind": "cosine", "to": 0.1}],
        [RAMP, {"kind": "constant", "for": 60}, "linear"],
        {"kind": "wsd", "cooldown": 20, "shape": "cosine"},
    ],
    ids=str,
)
def test_a_shape_of_torchtitan_is_read_back(read_back, schedule):
    spec = run_of(schedule)
    same(lrplot.load(spec), read_back(spec, "torchtitan"))


def test_the_json_of_deepspeed_has_its_comment_in_the_first_line():
    spec = run_of({"kind": "step", "every": 30}, weight_decay=0.1)
    text = lrplot.convert(spec, to="deepspeed")
    assert text.splitlines()[0].startswith('{"//": "# equal at all 100 updates (largest difference ')
    config = json.loads(text)
    del config["//"]
    assert config == {
        "optimizer": {"type": "AdamW", "params": {"lr": 0.5, "weight_decay": 0.1}},
        "scheduler": {"type": "StepLR", "params": {"step_size": 30, "gamma": 0.1}},
    }


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine", "to": 0.1},
        {"use": "deepspeed.WarmupDecayLR", "total_num_steps": 90, "warmup_max_lr": 0.5, "warmup_num_steps": 20},
        {"use": "deepspeed.WarmupCosineLR", "total_num_steps": 100, "warmup_num_steps": 20, "warmup_type": "linear"},
        {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 10, "T_mult": 2},
        # the first update has the start, the second one too: DeepSpeed's warmup is one update late
        [{"kind": "constant", "value": 0, "for": 1}, {"kind": "warmup", "for": 10}, {"kind": "linear", "for": 90}],
    ],
    ids=str,
)
def test_a_shape_of_deepspeed_is_read_back(read_back, schedule):
    spec = run_of(schedule)
    same(lrplot.load(spec), read_back(spec, "deepspeed"))


def test_the_keys_of_composer():
    # Composer steps one batch late: the first value is used twice
    spec = run_of([{"kind": "constant", "value": 0, "for": 1}, {"kind": "warmup", "for": 10}, {"kind": "constant"}])
    assert lrplot.convert(spec, to="composer") == (
        "# equal at all 100 updates (largest difference 1e-15 of the peak)\n"
        'max_duration: "100ba"\n'
        "optimizer:\n"
        "  name: decoupled_adamw\n"
        "  lr: 0.5\n"
        "scheduler:\n"
        "  name: constant_with_warmup\n"
        '  t_warmup: "10ba"\n'
    )


@pytest.mark.parametrize("target", SUFFIXES)
def test_the_nearest_is_read_back_with_the_difference_that_it_states(read_back, target):
    spec = run_of({"kind": "rex", "warmup": 10})
    text = lrplot.convert(spec, to=target, nearest=True)
    assert "# not equal: differs by up to " in text.splitlines()[0]
    stated = float(text.split("up to ")[1].split("%")[0]) / 100
    first, other = lrplot.load(spec), read_back(spec, target, nearest=True)
    assert np.max(np.abs(first.lr - other.lr)) / np.max(first.lr) == pytest.approx(stated, rel=0.06)


@pytest.mark.parametrize("target", SUFFIXES)
def test_what_a_config_does_not_say_is_named(target):
    spec = run_of("constant", beta1={"kind": "linear", "from": 0.9, "to": 0.8}, groups={"head": {"lr": 1}})
    first, *rest = lrplot.convert(spec, to=target).splitlines()
    assert "not included: beta1, lr/head" in (first if target == "deepspeed" else rest[0])


@pytest.mark.parametrize("target", [*SUFFIXES, "timm", "mmengine"])
def test_a_refusal_names_the_segment_and_the_nearest(target, tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("steps: 100\nlr: 1\nschedule:\n  - {kind: constant, for: 10}\n  - {kind: noam, warmup: 10}\n")
    with pytest.raises(lrplot.SpecError) as raised:
        lrplot.convert(path, to=target)
    (found,) = raised.value.diagnostics
    assert found.code == "no-equivalent"
    assert found.message.startswith(f"{target} has no equivalent of `")
    assert found.span.line in (3, 4)
    assert found.span.source.name == str(path)
    assert "differs by up to" in found.help
    assert "`--nearest` prints it" in found.help
