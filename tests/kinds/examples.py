"""Examples of every kind, in as many ways as its curve can turn.

The first of each kind has only the fields that it needs. They suit a run of some hundred updates or more,
with `table.csv` in the folder.
"""

from __future__ import annotations

from typing import Any

RAMPS = {"warmup": 90, "cooldown": {"for": 130, "to": 0.05}}
RISE = {"from": 0.2, "to": 0.9}

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "constant": [{}, {"value": 0}, RAMPS, {"for": 300}],
    "warmup": [
        {},
        *({"shape": shape, "for": 700} for shape in ("linear", "cosine", "polynomial", "sqrt")),
        {"shape": "exponential", "from": 1e-3, "skip_zero": True},
        {"from": 0.5, "to": 0.1},
        {"interval": "epoch"},
    ],
    "linear": [{}, RISE, RAMPS, {"min": 0.3, "interval": "epoch"}, {"inclusive": True, "for": 600}],
    "cosine": [{}, RISE, RAMPS, {"min": 0.3, "interval": "epoch"}, {"inclusive": True, "for": 600}],
    "polynomial": [{}, {"power": 3}, {"power": 0.4, **RISE}, {"power": 2, **RAMPS, "interval": "epoch"}],
    "sqrt": [{}, RISE, RAMPS, {"interval": "epoch", "for": 777}],
    "rex": [{}, RISE, RAMPS, {"d": 0.9, **RISE}, {"interval": "epoch", "for": 777}],
    "exponential": [
        {"rate": 0.1},
        {"to": 1e-3},
        {"gamma": 0.9, "every": 70, "staircase": True, **RAMPS},
        {"gamma": 1.01, "interval": "epoch"},
        {"rate": 1e-3, "min": 0.6},
        {"rate": -1e-3},
    ],
    "step": [
        {"every": 37},
        {"every": 60, "warmup": 130},
        {"every": 300, "gamma": 2, **RAMPS},
        {"every": 55, "gamma": 0.8, "interval": "epoch"},
    ],
    "multistep": [
        {"milestones": [1, 300, 300, 999]},
        {"milestones": [50, 300, 700], **RAMPS},
        {"milestones": [100, 110, 600], "values": [0.1, 0.9, 0, 0.4]},
        {"milestones": [100, 110, 600], "values": [0.1, 0.9, 0, 0.4], "interval": "epoch"},
    ],
    "inverse_sqrt": [{}, {"warmup": 123}, {"timescale": 10, "interval": "epoch"}],
    "inverse_time": [{"rate": 0.1}, {"rate": 0.01, **RAMPS}],
    "power_law": [
        {"rate": 0.1, "exponent": 2},
        {"rate": 0.1, "exponent": 0.7},
        {"rate": 0.1, "exponent": -0.5, **RAMPS},
    ],
    "noam": [{"d_model": 64, "warmup": warmup} for warmup in (0, 1, 137, 999, 5000)]
    + [{"d_model": 64, "warmup": 137, "interval": "epoch"}, {"warmup": 0}, {"warmup": 137}],
    "cosine_restarts": [
        {"period": 7},
        {"period": 7, "decay": 0.9, "to": 0.2, **RAMPS},
        {"period": 90, "decay": 1.3},
        {"period": 3, "mult": 1.5, "decay": 0.8, "min": 0.1},
        {"period": 300, "mult": 0.6, "to": 0.1, "warmup": 40},
        {"period": 1},
        {"period": 90, "decay": 0.5, "interval": "epoch"},
    ],
    "cyclic": [
        {"up": 3},
        {"up": 3, "down": 2},
        {"up": 1, "min": 0.5, "max": 0.1},
        {"up": 40, "down": 0},
        {"up": 4, "mode": "triangular2", "min": 0.1},
        {"up": 130, "mode": "exp_range", "gamma": 0.97},
        {"up": 5, "down": 60, "mode": "exp_range", "gamma": 1.01},
        {"up": 100, "down": 170, "interval": "epoch"},
    ],
    "one_cycle": [
        {},
        {"three_phase": True, "anneal": "linear"},
        {"pct_start": 0, "inclusive": True},
        {"pct_start": 0.5, "three_phase": True, "inclusive": True},
        {"interval": "epoch"},
    ],
    "wsd": [{}, {"warmup": 100}, {"cooldown": 333, "shape": "sqrt", "to": 0.1}, {"warmup": 3, "interval": "epoch"}],
    "points": [
        {"at": {0: 0.5}},
        *(
            {"at": {5: 0.3, 300: 0.9, 301: 0.1, 700: 0.5, 2000: 0.2}, "interpolation": way}
            for way in ("linear", "step", "cosine", "log")
        ),
        {"at": {0: 0, 480: 1, 900: 0}, "interval": "epoch"},
        {"at": {0: 0.1, 20: 0.5, 480: 1, 900: 0}, **RAMPS},
    ],
    "table": [{"file": "table.csv"}, {"file": "table.csv", "for": 600}, {"file": "table.csv", "column": "walk"}],
    "expression": [
        {"value": "t + 7"},
        {"value": "sin(t / 9) + u"},
        {"value": "(t * 7919 % 997) / 997", "interval": "epoch"},
        {"value": "0.9 ** epoch"},
    ],
    "sequence": [
        {"of": ["linear"]},
        {"of": [{"kind": "warmup", "for": 100}, {"kind": "noam", "d_model": 4, "warmup": 50, "for": 300}, "cosine"]},
        {"of": [{"kind": "cosine_restarts", "period": 33, "for": 400}, {"kind": "cyclic", "up": 8, "for": 200}]},
        {"of": [{"kind": "linear", "for": 200}, [{"kind": "step", "every": 30, "from": 2, "for": 300}, "linear"]]},
        {"of": [{"kind": "warmup", "for": 333}, "cosine"], "interval": "epoch"},
        {"of": [{"kind": "linear", "for": 0}, {"kind": "constant", "value": 0.5, "for": 3000}]},
        {"of": [{"kind": "expression", "value": "sin(t)", "for": 300}, "linear"]},
        {"of": [{"kind": "constant", "value": 0, "until": 90}, {"kind": "step", "every": 200, "warmup": 40}]},
    ],
    "product": [
        {"of": ["linear"]},
        {"of": ["linear", {"kind": "warmup", "shape": "sqrt"}]},
        {"of": [{"kind": "cyclic", "up": 20}, {"kind": "step", "every": 130}], "interval": "epoch"},
    ],
    "repeat": [
        {"of": "cosine", "times": 7},
        {"of": {"kind": "noam", "d_model": 4, "warmup": 5, "for": 13}},
        {"of": [{"kind": "warmup", "for": 9}, {"kind": "exponential", "gamma": 0.9, "for": 40}], "times": 12},
        {"of": {"kind": "product", "of": ["linear", {"kind": "warmup"}], "for": 250}},
        {"of": {"kind": "multistep", "milestones": [3, 5], "values": [2, 9, 4], "for": 8}, "times": 50},
    ],
}
