"""Every shape in the targets with schedulers of their own: what lrplot reads is the schedule, or it is refused."""

import numpy as np
import pytest

import lrplot

STEPS = 60
SHAPES = {
    "constant": {"kind": "constant"},
    "linear": {"kind": "linear", "to": 0.1},
    "linear cut short": {"kind": "linear", "for": 90},
    "linear that ends early": {"kind": "linear", "for": 40},
    "cosine": {"kind": "cosine", "to": 0.1},
    "cosine after a warmup": {"kind": "cosine", "warmup": {"for": 9, "from": 0.1}},
    "cosine after a warmup from 0": {"kind": "cosine", "warmup": 9},
    "cosine with a cooldown": {"kind": "cosine", "to": 0.2, "cooldown": 12},
    "warmup along a cosine": {"kind": "warmup", "shape": "cosine", "from": 0.1},
    "polynomial": {"kind": "polynomial", "power": 2, "to": 0.1},
    "polynomial to 0": {"kind": "polynomial", "power": 3},
    "sqrt": {"kind": "sqrt"},
    "exponential to a value": {"kind": "exponential", "to": 0.01},
    "exponential by a factor": {"kind": "exponential", "gamma": 0.95},
    "exponential every few updates": {"kind": "exponential", "gamma": 0.5, "every": 9},
    "exponential at a rate": {"kind": "exponential", "rate": 0.05},
    "step": {"kind": "step", "every": 25, "gamma": 0.5},
    "step after a warmup": {"kind": "step", "every": 25, "warmup": {"for": 9, "from": 0.1}},
    "multistep": {"kind": "multistep", "milestones": [20, 30, 50], "gamma": 0.3},
    "multistep to 0": {"kind": "multistep", "milestones": [20, 30], "values": [0.5, 0.1, 0]},
    "many drops": {"kind": "multistep", "milestones": [*range(2, 58, 2)], "gamma": 0.9},
    "few drops by other factors": {"kind": "multistep", "milestones": [9, 20], "values": [0.5, 0.4, 0.1]},
    "rise and fall": {"kind": "multistep", "milestones": [9, 20], "values": [0.1, 0.5, 0.25]},
    "wsd": {"kind": "wsd", "cooldown": 20, "shape": "cosine", "to": 0.1},
    "inverse sqrt": {"kind": "inverse_sqrt", "timescale": 16},
    "inverse time": {"kind": "inverse_time", "rate": 0.1},
    "restarts": {"kind": "cosine_restarts", "period": 20, "to": 0.1},
    "restarts with lower peaks": {"kind": "cosine_restarts", "period": 20, "decay": 0.5},
    "restarts that grow": {"kind": "cosine_restarts", "period": 10, "mult": 2},
    "triangles": {"kind": "cyclic", "up": 9, "min": 0.1},
    "triangles that shrink": {"kind": "cyclic", "up": 9, "down": 5, "min": 0.1, "mode": "exp_range", "gamma": 0.99},
    "one cycle": {"kind": "one_cycle", "momentum": None},
    "points": {"kind": "points", "at": {0: 0.1, 20: 0.5, 60: 0.2}, "interpolation": "log"},
}

# What timm and MMEngine have no scheduler for.
BY_NEITHER = {
    "warmup along a cosine",
    "exponential to a value",
    "inverse sqrt",
    "inverse time",
    "restarts that grow",
    "triangles",
    "triangles that shrink",
    "one cycle",
    "points",
}
REFUSED = {
    "timm": BY_NEITHER
    | {"cosine with a cooldown", "multistep to 0", "many drops", "few drops by other factors", "rise and fall"},
    "mmengine": BY_NEITHER | {"cosine after a warmup from 0", "sqrt", "restarts", "restarts with lower peaks"},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("target", ["torch", "transformers", "timm", "mmengine", "optax", "keras"])
def test_what_is_read_is_the_schedule(written, target, shape):
    spec = {"steps": STEPS, "lr": 0.5, "schedule": SHAPES[shape]}
    expected = lrplot.load(spec).lr
    if target in ("timm", "mmengine") and shape in REFUSED[target]:
        with pytest.raises(lrplot.SpecError, match=f"{target} has no equivalent of"):
            written(spec, target)
        return
    text = written(spec, target)
    with np.errstate(all="ignore"):  # of the parts of a function of arrays that do not hold
        got = values_of(text)
    assert np.max(np.abs(got - expected)) <= 1e-12
    assert text.first.startswith(f"# equal at all {STEPS} updates (largest difference ")


def values_of(text):
    names = text.names
    if arguments := names.get("training_arguments"):
        return lrplot.load({"steps": STEPS, "schedule": {"use": "transformers.Trainer", **arguments}}).lr
    if "schedule" in names:
        schedule = names["schedule"]
        if isinstance(schedule, dict):
            return lrplot.load({"steps": STEPS, "schedule": schedule}).lr
        return np.array([float(schedule(step)) for step in range(STEPS)])
    made, optimizer = text.scheduler()
    if made == []:
        return np.full(STEPS, optimizer.param_groups[0]["lr"])
    if isinstance(made, dict | list):
        return text.schedule(STEPS).lr
    return text.rates(STEPS)[:, 0]
