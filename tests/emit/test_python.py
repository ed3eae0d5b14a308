"""Plain Python functions: their text, and the values that Python computes by it."""

import ast

import numpy as np
import pytest

import lrplot
from lrplot.spec.source import preset_names

WARMUP_COSINE = {"name": "Small", "steps": 100, "lr": 0.5, "schedule": {"kind": "cosine", "warmup": 10, "to": 0.1}}
MOST = 300  # updates that are compared


def sampled(steps):
    return np.unique(np.linspace(0, steps - 1, MOST).astype(np.int64))


def functions(text):
    names = {}
    exec(compile(text, "written", "exec"), names)
    return names


def test_the_text_of_a_warmup_and_a_cosine():
    assert lrplot.convert(WARMUP_COSINE, to="python") == (
        "# equal at all 100 updates (largest difference 5e-16 of the peak)\n"
        '"""Schedule of \'Small\', by lrplot."""\n'
        "\n"
        "from math import cos, pi\n"
        "\n"
        "\n"
        "def learning_rate(step):\n"
        '    """Learning rate at update `step`, counted from 0."""\n'
        "    if step < 10:  # warmup\n"
        "        return 0.5 * step / 10\n"
        "    if step < 100:  # cosine\n"
        "        return 0.1 + 0.4 * (1 + cos(pi * (step - 10) / 90)) / 2\n"
        "    return 0.1\n"
    )


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_s_function_has_its_values(name):
    schedule = lrplot.load(name)
    names = functions(lrplot.convert(name, to="python"))
    steps = sampled(schedule.steps)
    got = np.array([names["learning_rate"](int(step)) for step in steps])
    assert np.max(np.abs(got - schedule(steps))) <= 5e-15 * np.max(schedule(steps))


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine_restarts", "period": 7, "decay": 0.5, "to": "10%"},
        {"kind": "cosine_restarts", "period": 7, "mult": 2},
        {"kind": "cosine_restarts", "period": 20, "mult": 0.5},
        {"kind": "cyclic", "up": 3, "down": 5, "mode": "triangular2"},
        {"kind": "cyclic", "up": 3, "mode": "exp_range", "gamma": 0.99},
        {"kind": "exponential", "rate": 0.1},
        {"kind": "exponential", "gamma": 0.5, "every": 9, "staircase": True, "warmup": 4},
        {"kind": "multistep", "milestones": [*range(2, 60, 2)], "gamma": 0.9},
        {"kind": "points", "at": {5: 0.1, 20: 0.5, 40: 0.2}, "interpolation": "log"},
        {"kind": "points", "at": {5: 0.1, 20: 0.5, 40: 0.2}, "interpolation": "cosine"},
        {"kind": "expression", "value": "base * max(0, 1 - u) ** 2 + where(epoch > 1, np.sqrt(u), 0) / 100"},
        {"kind": "product", "of": ["cosine", {"kind": "step", "every": 9}]},
        {"kind": "repeat", "of": [{"kind": "linear", "for": 5, "to": 0.1}, {"kind": "constant", "for": 3}]},
        {"kind": "cosine", "interval": "epoch"},
        {"kind": "polynomial", "power": 0.3, "min": "20%"},
        {"kind": "rex", "d": 0.9},
        {"kind": "linear", "inclusive": True},
        {"kind": "wsd", "cooldown": 20, "shape": "exponential", "to": 0.01, "warmup": {"for": 5, "shape": "sqrt"}},
        {"use": "torch.OneCycleLR", "max_lr": 0.3, "total_steps": 64, "pct_start": 0.31, "cycle_momentum": False},
        {"use": "torch.CosineAnnealingLR", "T_max": 9, "interval": "epoch"},
        {"use": "torch.StepLR", "step_size": 2, "interval": "epoch"},
        {"use": "torch.ChainedScheduler", "schedulers": [{"use": "torch.StepLR", "step_size": 9}] * 2},
        {"use": "deepspeed.WarmupLR", "warmup_max_lr": 0.5, "warmup_num_steps": 20},
        {"use": "transformers.get_cosine_schedule_with_warmup", "num_warmup_steps": 4, "num_training_steps": 9},
    ],
    ids=str,
)
def test_a_shape_s_function_has_its_values(schedule):
    spec = {"steps": 64, "steps_per_epoch": 8, "lr": 0.5, "schedule": schedule}
    loaded = lrplot.load(spec)
    text = lrplot.convert(spec, to="python")
    assert text.startswith("# equal at all 64 updates (largest difference ")
    got = np.array([functions(text)["learning_rate"](step) for step in range(64)])
    assert np.max(np.abs(got - loaded.lr)) <= 3e-15 * np.max(loaded.lr)


def test_other_parameters_and_groups_have_functions():
    spec = {
        **WARMUP_COSINE,
        "weight_decay": {"kind": "linear", "from": 0.1, "to": 0.2},
        "groups": {"head": {"lr": 1.0}, "Kopf ä": {"schedule": "constant"}},
    }
    names, loaded = functions(lrplot.convert(spec, to="python")), lrplot.load(spec).evaluate()
    steps = range(100)
    assert [names["learning_rate_head"](step) for step in steps] == pytest.approx(loaded["lr/head"], rel=1e-15)
    assert [names["learning_rate_kopf_a"](step) for step in steps] == [0.5] * 100
    assert [names["weight_decay"](step) for step in steps] == pytest.approx(loaded["weight_decay"], rel=1e-15)


def test_groups_with_alike_names_have_functions_of_their_own():
    spec = {**WARMUP_COSINE, "groups": {"a b": {"lr": 1.0}, "a-b": {"lr": 2.0}}}
    names = functions(lrplot.convert(spec, to="python"))
    assert (names["learning_rate_a_b"](10), names["learning_rate_a_b_2"](10)) == (1.0, 2.0)


def test_past_the_run_the_end_value_holds():
    names = functions(lrplot.convert(WARMUP_COSINE, to="python"))
    assert (names["learning_rate"](100), names["learning_rate"](10**6)) == (0.1, 0.1)


@pytest.mark.parametrize("name", ['"""\nimport os', "\\", "a\nb", "ä", "\x1b[0m", "'''"])
def test_a_hostile_name_stays_in_the_text_of_the_module(name):
    group = "".join(each for each in name if each.isprintable())
    text = lrplot.convert({**WARMUP_COSINE, "name": name, "groups": {group: {"lr": 1}}}, to="python")
    assert text.isascii()
    kinds = {type(node).__name__ for node in ast.parse(text).body}
    assert kinds == {"Expr", "ImportFrom", "FunctionDef"}


def test_a_long_run_is_compared_at_turning_points_and_a_sample():
    spec = {"steps": 10**9, "lr": 1, "schedule": {"kind": "cosine", "warmup": 1000}}
    text = lrplot.convert(spec, to="python")
    assert text.startswith("# equal at all turning points and 65,")
    assert "of 1,000,000,000 updates (largest difference " in text.splitlines()[0]


def test_a_long_run_whose_turning_points_are_not_known_says_only_the_sample():
    spec = {"steps": 10**9, "lr": 1, "schedule": {"kind": "cosine_restarts", "period": 1000}}
    assert lrplot.convert(spec, to="python").startswith("# equal at 65,")


def test_values_without_a_formula_are_listed(tmp_path):
    path = tmp_path / "table.csv"
    values = np.random.default_rng(0).random(50)
    path.write_text("lr\n" + "".join(f"{float(value)!r}\n" for value in values))
    spec = {"steps": 50, "schedule": {"kind": "table", "file": str(path)}}
    names = functions(lrplot.convert(spec, to="python"))
    assert [names["learning_rate"](step) for step in range(50)] == values.tolist()


def test_too_many_values_without_a_formula_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    values = np.random.default_rng(0).random(5000)
    path.write_text("lr\n" + "".join(f"{float(value)!r}\n" for value in values))
    with pytest.raises(lrplot.SpecError, match="too many values to list") as raised:
        lrplot.convert({"steps": 5000, "schedule": {"kind": "table", "file": str(path)}}, to="python")
    assert raised.value.diagnostics[0].code == "no-equivalent"


def test_one_value_that_breaks_a_formula_is_not_lost(tmp_path):
    path = tmp_path / "table.csv"
    values = [(1000 - step) / 1000 for step in range(1000)]
    values[501] = 0.9
    path.write_text("lr\n" + "".join(f"{value!r}\n" for value in values))
    spec = {"steps": 1000, "schedule": {"kind": "table", "file": str(path)}}
    names = functions(lrplot.convert(spec, to="python"))
    assert [names["learning_rate"](step) for step in range(1000)] == pytest.approx(values, rel=1e-13)
