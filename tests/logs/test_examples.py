"""Logs of every format: those of real programs (see record.py), and others written by hand as they write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, nan, pi
from pathlib import Path

import numpy as np
import pytest

import lrplot
from lrplot.logs import LOGS
from lrplot.logs.shared.reading import is_log

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(path for path in EXAMPLES.iterdir() if path.name != "__pycache__")


@dataclass
class Run:
    """The points of a run: steps, lines and learning rates, half a unit of the last digit of each, losses, epochs."""

    steps: list[int]
    lines: list[int]
    lr: list[float]
    slack: list[float] | float = 0.0
    losses: list[float] | None = None
    epochs: list[float] | None = None
    resumed: tuple[int, ...] = ()
    repeated: int = 0
    groups: dict[str, list[float]] = field(default_factory=dict)


@dataclass
class Expected:
    """What an example holds."""

    unit: str
    runs: list[Run]
    stated: dict[str, int] = field(default_factory=dict)


def linear(n: int) -> float:
    """transformers' linear schedule of record.py before the update that is logged as step `n`."""
    update = n - 1
    return 3e-4 * (update / 5 if update < 5 else (24 - update) / 19)


LOGGED = [1, *range(2, 25, 2)]  # the first step, then every second
ODD = list(range(1, 24, 2))
HALF_SINGLE = 2**-28  # half the distance of float32 values from 2^-4 to 2^-3

EXPECTED = {
    "transformers.json": Expected(
        "updates",
        [
            Run(
                LOGGED,
                [15, 22, 29, 36, 43, 58, 65, 72, 79, 94, 101, 108, 115],
                [linear(n) for n in LOGGED],
                epochs=[n / 8 for n in LOGGED],
            )
        ],
        {"steps": 24, "epochs": 3},
    ),
    "lightning.csv": Expected(
        "updates",
        [
            Run(
                ODD,
                [2, 4, 6, 8, 11, 13, 15, 17, 20, 22, 24, 26],
                [0.1 * (1 - n / 24) for n in ODD],
                epochs=[(n - 1) // 8 for n in ODD],
                groups={
                    "lr/SGD/pg1": [0.1 * (1 - n / 24) for n in ODD],
                    "lr/SGD/pg2": [0.2 * (1 - n / 24) for n in ODD],
                    "momentum": [0.9] * 12,
                    "momentum/SGD/pg1": [0.9] * 12,
                    "momentum/SGD/pg2": [0.9] * 12,
                },
            )
        ],
    ),
    "keras.csv": Expected(
        "epochs",
        [
            Run(
                list(range(6)),
                [2 + 6 * run + epoch for epoch in range(6)],
                [float(np.float32(base * 0.9**epoch)) for epoch in range(6)],
                [float(np.spacing(np.float32(base * 0.9**epoch))) / 2 for epoch in range(6)],
            )
            for run, base in enumerate((0.01, 0.005))
        ],
    ),
    "transformers-text.log": Expected(
        "rows",
        [
            Run([1, 2, 3], [4, 5, 9], [2.5e-5, 5e-5, 4.75e-5], losses=[2.5, 2.25, 2.125], epochs=[0.08, 0.17, 0.25]),
            Run([1, 2], [11, 12], [2.5e-5, 5e-5], losses=[2.5, nan], epochs=[0.08, 0.17]),
        ],
    ),
    "history.json": Expected(
        "epochs",
        [
            Run(
                list(range(4)),
                [27, 28, 29, 30],
                [float(np.float32(rate)) for rate in (0.001, 0.001, 0.0005, 0.00025)],
                [float(np.spacing(np.float32(rate))) / 2 for rate in (0.001, 0.001, 0.0005, 0.00025)],
                losses=[2.0, 1.5, 1.25, 1.125],
            )
        ],
    ),
    "timm.csv": Expected(
        "epochs",
        [
            Run(
                list(range(10)),
                list(range(2, 12)),
                [
                    1e-5 + epoch * (0.05 - 1e-5) / 3
                    if epoch < 3
                    else 1e-6 + 0.5 * (0.05 - 1e-6) * (1 + cos(pi * epoch / 10))
                    for epoch in range(10)
                ],
                losses=[2 / (epoch + 1) for epoch in range(10)],
            )
        ],
    ),
    "tensorboard.tfevents": Expected(
        "updates",
        [
            Run(
                list(range(12)),
                [0] * 12,
                [float(np.float32(0.1 / 2 ** (step // 4))) for step in range(12)],
                [HALF_SINGLE / 2 ** (step // 4) for step in range(12)],
                losses=[float(np.float32(1 / (step + 1))) for step in range(12)],
                groups={
                    "lr/pg0": [float(np.float32(0.1 / 2 ** (step // 4))) for step in range(12)],
                    "lr/pg1": [0.2 / 2 ** (step // 4) for step in range(12)],
                },
            )
        ],
    ),
    "wandb.wandb": Expected(
        "updates",
        [
            Run(
                [step * 10 for step in range(40) if step % 5],
                [0] * 32,
                [3e-4 * step / 40 for step in range(40) if step % 5],
                losses=[1 / (step + 1) for step in range(40) if step % 5],
                groups={"lr/group0": [3e-4] * 32},
            )
        ],
    ),
    "mmengine.json": Expected(
        "batches",
        [
            Run(
                list(range(2, 25, 2)),
                list(range(1, 13)),
                [0.01] * 3 + [0.001] * 6 + [0.0001] * 3,
                epochs=[1] * 4 + [2] * 4 + [3] * 4,
                groups={"lr/first": [0.02] * 3 + [0.002] * 6 + [0.0002] * 3},
            )
        ],
    ),
    "mmengine-text.log": Expected(
        "batches",
        [
            Run(
                list(range(2, 25, 2)),
                list(range(1, 13)),
                [0.01] * 3 + [0.001] * 6 + [0.0001] * 3,
                [5e-7] * 3 + [5e-8] * 6 + [5e-9] * 3,
                epochs=[1] * 4 + [2] * 4 + [3] * 4,
                groups={"lr/first": [0.02] * 3 + [0.002] * 6 + [0.0002] * 3},
            )
        ],
        {"steps_per_epoch": 8},
    ),
    "llama-factory.jsonl": Expected(
        "updates",
        [
            Run(
                [10, 20, 30],
                [2, 4, 7],
                [1e-4, 7.500000000000001e-05, 2.5e-05],
                losses=[1.9032, 1.7451, nan],
                epochs=[1 / 3, 2 / 3, 1],
                repeated=3,
            )
        ],
        {"steps": 30},
    ),
    "ms-swift.jsonl": Expected(
        "updates",
        [
            Run(
                [1, 10, 20],
                [1, 2, 4],
                [1e-4, 9.987e-5, 9.948e-5],
                5e-9,
                losses=[2.53074, 1.94745, 1.74745],
                epochs=[0.00228768, 0.02287675, 0.0457535],
            )
        ],
        {"steps": 438},
    ),
    "ultralytics.csv": Expected(
        "epochs",
        [
            Run(
                [1, 2, 3, 4],
                [2, 3, 4, 5],
                [0.000663781, 0.00130849, 0.00192, 0.0019],
                [5e-10, 5e-9, 5e-9, 5e-9],
                losses=[1.7015, 1.5, 1.4, 1.3],
                groups={
                    "lr/pg0": [0.000663781, 0.00130849, 0.00192, 0.0019],
                    "lr/pg1": [0.000663781, 0.00130849, 0.00192, 0.0019],
                    "lr/pg2": [0.0701, 0.0401, 0.00192, 0.0019],
                },
            )
        ],
    ),
    "yolov5.csv": Expected(
        "epochs",
        [
            Run(
                [0, 1, 2, 3],
                [2, 3, 4, 5],
                [0.0033204, 0.0065878, 0.0098152, 0.0094],
                5e-8,
                losses=[0.1022, 0.092912, 0.08312, 0.079],
                groups={
                    "lr/0": [0.070117, 0.040051, 0.0098152, 0.0094],
                    "lr/1": [0.0033204, 0.0065878, 0.0098152, 0.0094],
                    "lr/2": [0.0033204, 0.0065878, 0.0098152, 0.0094],
                },
            )
        ],
    ),
    "detectron2.json": Expected(
        "updates",
        [
            Run(
                [19, 39, 59, 79, 99],
                [1, 2, 6, 7, 8],
                [
                    0.0003991807113794345,
                    0.0007955227445307935,
                    0.0011918647776816425,
                    0.0015882068108324916,
                    0.0019845488439833406,
                ],
                losses=[2.632, 2.09, 1.8, 1.6, 1.5],
                resumed=(2,),
                repeated=2,
            )
        ],
    ),
    "mmcv.log.json": Expected(
        "epochs", [Run([1, 2, 3], [3, 6, 8], [0.00398, 0.02, 0.002], 5e-6, losses=[1.2, 1.0, 0.8], epochs=[1, 2, 3])]
    ),
    "mmcv-text.log": Expected(
        "batches",
        [
            Run(
                [50, 100, 170, 220],
                [5, 6, 9, 10],
                [0.001978, 0.003976, 0.02, 0.02],
                [5e-7, 5e-7, 5e-6, 5e-6],
                losses=[1.5031, 1.2031, nan, 1.0031],
                epochs=[1, 1, 2, 2],
            )
        ],
        {"steps_per_epoch": 120},
    ),
    "log.txt.txt": Expected(
        "epochs",
        [
            Run(
                [0, 1, 2],
                [1, 2, 3],
                [0.0001580246913580247, 0.0005580246913580248, 0.0009580246913580247],
                losses=[2.8476, 2.5952, 2.4],
                groups={"lr/min": [1.580246913580247e-05, 5.580246913580248e-05, 9.580246913580248e-05]},
            )
        ],
    ),
    "dinov2.json": Expected(
        "updates",
        [
            Run(
                [0, 10, 20],
                [1, 2, 3],
                [0.0, 4.0000000467443897e-07, 8.800000159681076e-07],
                [0.5 * 2.0**-149, 2.0**-46, 2.0**-45],  # half the distance of float32 values from there
                losses=[12.1, 12.0, 11.9],
                groups={
                    "lr/last_layer": [0.0] * 3,
                    "weight_decay": [0.03999999910593033, 0.03999989852309227, 0.03999999910593033],
                },
            ),
            Run(
                [0, 10],
                [4, 5],
                [0.0, 2.0000000233721948e-07],
                [0.5 * 2.0**-149, 2.0**-47],
                losses=[12.1, 12.0],
                groups={"lr/last_layer": [0.0] * 2, "weight_decay": [0.03999999910593033] * 2},
            ),
        ],
    ),
    "fairseq.log": Expected(
        "updates",
        [
            Run(
                [200, 400, 479, 600],
                [2, 3, 5, 6],
                [3.125e-06, 6.25e-06, 7.48438e-06, 9.375e-06],
                5e-12,
                losses=[9.276, 6.961, 8.0, 5.9],
                epochs=[1, 1, 1, 2],
            )
        ],
    ),
    "nanogpt.log": Expected(
        "updates",
        [
            Run(
                [0, 1, 2, 250, 251],
                [2, 3, 4, 7, 8],
                [1e-6, 2e-6, 3e-6, 0.000215, 0.000216],
                5e-7,
                losses=[11.0011, 10.9022, nan, 6.1802, 6.1702],
            )
        ],
    ),
    "megatron.log": Expected(
        "updates",
        [
            Run(
                [50, 100, 150],
                [7, 8, 10],
                [8e-6, 1.6e-5, 2.4e-5],
                [5e-10, 5e-9, 5e-9],
                losses=[9.213744, 8.149203, 7.149203],
            )
        ],
        {"steps": 1000},
    ),
    "wandb-csv.csv": Expected("updates", [Run([10, 20, 40], [2, 3, 5], [9e-05, 8e-05, 5.999999999999999e-05])]),
    "paddleocr.log": Expected(
        "updates",
        [
            Run([20, 40], [6, 7], [0.0001, 0.0003], 5e-7, losses=[3.915012, 3.115012], epochs=[1, 1]),
            Run([20, 40], [8, 9], [0.00005, 0.00015], 5e-7, losses=[3.925012, 3.225012], epochs=[1, 1]),
        ],
        {"epochs": 10},
    ),
    "yolox.txt": Expected(
        "updates",
        [
            Run(
                [10, 40, 57],
                [8, 9, 10],
                [7.073e-06, 1.132e-04, 2.298e-04],
                [5e-10, 5e-8, 5e-8],
                losses=[10.7, 9.7, 9.1],
                epochs=[1, 1, 2],
            )
        ],
        {"epochs": 300, "steps_per_epoch": 47},
    ),
    "deepmd.out": Expected(
        "updates", [Run([0, 100, 200], [2, 3, 5], [1e-3, 1e-3, 9.4e-4], [5e-5, 5e-5, 5e-6], losses=[10.2, 2.4, 1.9])]
    ),
    "opennmt.log": Expected(
        "updates",
        [Run([50, 100, 150], [2, 3, 5], [0.0002, 0.0004, 0.00061], 5e-6, losses=[9.34, 9.03, 8.9])],
        {"steps": 5000},
    ),
    "csv.csv": Expected(
        "updates",
        [Run([100, 250, 300, 1000], [2, 4, 5, 6], [1e-4, 8e-5, 6e-5, 4e-5], losses=[3.1, nan, nan, 2.0])],
    ),
    "jsonl.jsonl": Expected("updates", [Run([0, 1, 3], [1, 2, 4], [0.001, 0.0009, 0.0007], losses=[3.1, 2.9, 2.7])]),
    "json.json": Expected("updates", [Run([10, 20], [1, 3], [1e-5, 5e-6], losses=[2.0, 1.8], epochs=[0.1, 0.2])]),
}


def test_every_format_has_an_example():
    names = [path.name.partition(".")[0] for path in FILES]
    assert set(LOGS) - {"log.txt"} == {name for name in names if name != "log"}
    assert {path.name for path in FILES} == set(EXPECTED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_is_read_to_its_points(path):
    log, expected = lrplot.read_log(path), EXPECTED[path.name]
    assert path.name.startswith(log.format)
    assert (log.name, log.source, log.title) == (path.stem, str(path), LOGS[log.format].title)
    assert (log.unit, dict(log.stated)) == (expected.unit, expected.stated)
    assert log.points is log.runs[-1]
    assert len(log.runs) == len(expected.runs)
    for run, points in zip(log.runs, expected.runs, strict=True):
        compare(run, points)


def compare(run: lrplot.Points, expected: Run) -> None:
    assert run.steps.tolist() == expected.steps
    assert run.lines.tolist() == expected.lines
    np.testing.assert_allclose(run.lr.values, expected.lr, rtol=2e-15)
    np.testing.assert_allclose(run.lr.slack, np.broadcast_to(expected.slack, len(run)), rtol=1e-12)
    assert (run.resumed, run.repeated) == (expected.resumed, expected.repeated)
    assert list(run.tracks) == ["lr", *expected.groups]
    for name, values in expected.groups.items():
        np.testing.assert_allclose(run.tracks[name].values, values, rtol=2e-15)
    if expected.losses is not None:
        np.testing.assert_allclose(run.losses, expected.losses, rtol=1e-15)
    if expected.epochs is not None:
        np.testing.assert_allclose(run.epochs, expected.epochs, rtol=1e-15)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_is_recognised_as_a_log(path):
    assert is_log(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_format_can_be_named(path):
    log = lrplot.read_log(path)
    named = lrplot.read_log(path, format=log.format)
    np.testing.assert_array_equal(named.points.lr.values, log.points.lr.values)


@pytest.mark.parametrize("path", [path for path in FILES if b"\0" not in path.read_bytes()], ids=lambda path: path.name)
@pytest.mark.parametrize("change", ["crlf", "bom", "blank lines", "utf-16", "no last end"])
def test_texts_are_read_however_they_are_encoded(path, change, tmp_path):
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    content = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "blank lines": (text + "\n\n").encode(),
        "utf-16": text.encode("utf-16"),
        "no last end": text.rstrip("\n").encode(),
    }[change]
    other = tmp_path / path.name
    other.write_bytes(content)
    for run, expected in zip(lrplot.read_log(other).runs, EXPECTED[path.name].runs, strict=True):
        compare(run, expected)


@pytest.mark.parametrize("name", ["tensorboard.tfevents", "wandb.wandb"])
@pytest.mark.parametrize("cut", [1, 5, 100])
def test_a_torn_end_is_left_out(name, cut, tmp_path):
    content = (EXAMPLES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(content[:-cut])
    whole, torn = lrplot.read_log(EXAMPLES / name).points, lrplot.read_log(path).points
    assert 0 < len(whole) - 2 <= len(torn) <= len(whole)
    assert torn.lr.values.tolist() == whole.lr.values[: len(torn)].tolist()
