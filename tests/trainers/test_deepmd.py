"""DeePMD-kit's input.json: values by deepmd/dpmodel/utils/learning_rate.py, LearningRateExp, in its own order."""

import json

import numpy as np
import pytest


def text(rates, run):
    model = {"type_map": ["O"], "descriptor": {"type": "se_e2_a"}, "fitting_net": {"neuron": [8]}}
    return json.dumps({"model": model, "learning_rate": {"type": "exp", **rates}, "training": run}, indent=1)


def program(start, stop, every, steps, rate=None):
    rate = rate or np.exp(np.log(stop / start) / (steps / every))
    return [max(start * rate ** (s // every), stop) for s in range(steps)]


def test_drops_lead_to_the_end(config):
    schedule = config(text({"start_lr": 1e-3, "stop_lr": 1e-5, "decay_steps": 50}, {"numb_steps": 980}), name="i.json")
    assert (schedule.run.reading.format, schedule.steps) == ("deepmd", 980)
    assert schedule.lr.tolist() == pytest.approx(program(1e-3, 1e-5, 50, 980))


def test_drops_longer_than_the_run_are_replaced(config):
    schedule = config(text({"start_lr": 1e-3, "stop_lr": 1e-5}, {"stop_batch": 2000}), name="i.json")
    assert schedule.lr.tolist() == pytest.approx(program(1e-3, 1e-5, 100, 2000))
    schedule = config(text({"start_lr": 1e-3, "stop_lr": 1e-5}, {}), "steps=500", name="i.json")
    assert schedule.lr.tolist() == pytest.approx(program(1e-3, 1e-5, 6, 500))


def test_a_factor_of_one_s_own_stops_at_the_least_value(config):
    rates = {"start_lr": 1e-3, "stop_lr": 1e-5, "decay_steps": 10, "decay_rate": 0.5}
    schedule = config(text(rates, {"numb_steps": 200}), name="i.json")
    assert schedule.lr.tolist() == pytest.approx(program(1e-3, 1e-5, 10, 200, 0.5))


def test_a_warmup_before_a_decay(config):
    rates = {
        "start_lr": 1e-3,
        "stop_lr_ratio": 0.01,
        "decay_steps": 10,
        "warmup_ratio": 0.1,
        "warmup_start_factor": 0.5,
    }
    schedule = config(text({**rates, "smooth": True}, {"numb_steps": 200}), name="i.json")
    assert [schedule(s) for s in (0, 10, 20)] == pytest.approx([5e-4, 7.5e-4, 1e-3])
    assert schedule(110) == pytest.approx(1e-3 * 0.01**0.5)
    schedule = config(text({**rates, "type": "cosine"}, {"numb_steps": 200}), name="i.json")
    assert schedule(110) == pytest.approx((1e-3 + 1e-5) / 2)


def test_what_is_refused(refused):
    assert refused(text({}, {"seed": 1}), name="i.json")[0].help == "add `--set steps=1000`"
    (diagnostic,) = refused(text({}, {"numb_steps": 9, "warmup_steps": 3}), name="i.json")
    assert diagnostic.code == "undetermined"
    assert refused(text({"warmup_steps": 9}, {"numb_steps": 9}), name="i.json")[0].help == "make the warmup shorter"
    assert refused(text({"type": "poly"}, {"numb_steps": 9}), name="i.json")[0].span.line == 15
    (diagnostic,) = refused(text({"type": "wsd", "stop_lr": 0}, {"numb_steps": 9}), name="i.json")
    assert diagnostic.message == "ValueError: stop_lr (0) must be positive."


def wsd(shape, progress, start=1e-3, stop=1e-5):
    """LearningRateWSD._decay_value."""
    if shape == "inverse_linear":
        return 1 / (progress / stop + (1 - progress) / start)
    if shape == "cosine":
        return stop + (start - stop) * (1 + np.cos(np.pi * progress)) / 2
    return start + (stop - start) * progress


@pytest.mark.parametrize("shape", ["inverse_linear", "cosine", "linear"])
def test_a_warmup_a_constant_part_and_a_decay(config, shape):
    rates = {"type": "wsd", "start_lr": 1e-3, "stop_lr": 1e-5, "warmup_steps": 20, "decay_phase_ratio": 0.25}
    schedule = config(text({**rates, "decay_type": shape}, {"numb_steps": 200}), name="i.json")
    assert [schedule(s) for s in (10, 20, 149)] == pytest.approx([5e-4, 1e-3, 1e-3])
    assert schedule.lr[150:].tolist() == pytest.approx([wsd(shape, k / 50) for k in range(50)])


def test_a_decay_as_long_as_what_the_warmup_leaves(config):
    rates = {"type": "wsd", "start_lr": 1e-3, "stop_lr": 1e-5, "warmup_steps": 100, "decay_phase_ratio": 1}
    schedule = config(text(rates, {"numb_steps": 200}), name="i.json")
    assert schedule(150) == pytest.approx(wsd("inverse_linear", 0.5))
