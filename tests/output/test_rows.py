"""Tables: every format holds the same steps and the same float64 values."""

import io
import json

import numpy as np
import pytest

import lrplot
from lrplot.output.rows import FORMATS, Rows

SPEC = {
    "steps": 40_000,
    "lr": 3e-4,
    "momentum": 0.9,
    "schedule": {"kind": "cosine", "warmup": 500},
    "groups": {"a,b": {"lr": "10%"}},
}


@pytest.fixture(scope="module")
def schedule():
    return lrplot.load(SPEC)


def written(schedule, name, **window) -> bytes:
    tracks = {key: track.curve for key, track in schedule.run.tracks.items()}
    file = io.BytesIO()
    FORMATS[name](Rows(tracks, **{"start": 0, "stop": schedule.steps} | window), file)
    return file.getvalue()


def test_csv_is_exact_text():
    # All of these are exact in binary.
    spec = {"steps": 4, "lr": 0.5, "momentum": 0.75, "schedule": "linear", "groups": {"a,b": {"lr": 0.25}}}
    assert written(lrplot.load(spec), "csv", stop=5).decode() == (
        'step,lr,momentum,"lr/a,b"\n'
        "0,0.5,0.75,0.25\n"
        "1,0.375,0.75,0.1875\n"
        "2,0.25,0.75,0.125\n"
        "3,0.125,0.75,0.0625\n"
        "4,0.0,0.75,0.0\n"
    )


@pytest.mark.parametrize(("name", "separator"), [("csv", ","), ("tsv", "\t")])
def test_separated_reads_back_exactly(schedule, name, separator):
    lines = written(schedule, name).decode().split("\n")
    assert lines.pop() == ""
    rows = [line.split(separator) for line in lines[1:]]
    assert [int(row[0]) for row in rows] == list(range(40_000))
    np.testing.assert_array_equal([float(row[1]) for row in rows], schedule.lr)


def test_json_and_json_lines_are_the_same_objects(schedule):
    objects = json.loads(written(schedule, "json"))
    assert objects == [json.loads(line) for line in written(schedule, "jsonl").splitlines()]
    assert len(objects) == 40_000
    assert objects[500] == {"step": 500, "lr": 3e-4, "momentum": 0.9, "lr/a,b": 3e-5}
    np.testing.assert_array_equal([row["lr"] for row in objects], schedule.lr)


def test_npz_holds_arrays(schedule):
    with np.load(io.BytesIO(written(schedule, "npz"))) as archive:
        assert sorted(archive.files) == ["lr", "lr/a,b", "momentum", "step"]
        assert archive["step"].dtype == np.int64
        np.testing.assert_array_equal(archive["lr"], schedule.lr)


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_takes_each_so_manieth_step(schedule, name):
    content = written(schedule, name, start=3, stop=36_000, every=7)
    if name == "npz":
        steps = np.load(io.BytesIO(content))["step"].tolist()
    elif name.startswith("json"):
        text = content.decode()
        rows = json.loads(text) if name == "json" else map(json.loads, text.splitlines())
        steps = [row["step"] for row in rows]
    else:
        steps = [int(line.split(b"," if name == "csv" else b"\t")[0]) for line in content.splitlines()[1:]]
    assert steps == list(range(3, 36_000, 7))


def test_a_window_at_the_far_end_of_a_long_run():
    schedule = lrplot.load({"steps": 10**12, "lr": 1.0, "schedule": "linear"})
    content = written(schedule, "csv", start=10**12 - 2, stop=10**12 + 1).decode()
    assert content == "step,lr\n999999999998,2e-12\n999999999999,1e-12\n1000000000000,0.0\n"
