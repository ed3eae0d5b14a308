"""Tables: every format holds the same steps and the same float64 values."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from support import log_of, points

import lrplot
from lrplot.output.tables.shared import lines
from lrplot.output.tables.shared.rows import Rows, joined, rows_of
from lrplot.output.writers import TABLES
from lrplot.runs.logged import runs_of

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
    TABLES[name](Rows(tracks, **{"start": 0, "stop": schedule.steps} | window), file)
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
        np.testing.assert_array_equal(archive["step"], np.arange(40_000))
        np.testing.assert_array_equal(archive["lr"], schedule.lr)


@pytest.mark.parametrize("name", list(TABLES))
def test_rows_are_written_a_block_at_a_time_to_a_pipe(name):
    class Pipe(io.RawIOBase):
        """A stream that cannot seek."""

        def writable(self):
            return True

        def write(self, data):
            sizes.append(len(data))
            content.extend(data)
            return len(data)

    sizes, content, rows = [], bytearray(), []
    curve = lrplot.load({"steps": 300_000, "lr": 1.0, "schedule": "cosine"}).run.tracks["lr"].curve
    TABLES[name](Rows({"lr": curve, "momentum": curve}, 0, 300_000, written=rows.append), Pipe())
    assert max(sizes) < 4 << 20
    assert 299_000 < sum(rows) <= 300_000
    if name == "npz":
        np.testing.assert_array_equal(np.load(io.BytesIO(content))["momentum"], curve.values(np.arange(300_000)))


@pytest.mark.parametrize("name", list(TABLES))
def test_every_writes_every_nth_step(schedule, name):
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


EXPECTED = {
    # What precedes the rows, a row, what is between two, and what follows the last.
    "csv": ('step,lr,momentum,"lr/a,b"\n', "{},{},{},{}", "\n", "\n"),
    "tsv": ("step\tlr\tmomentum\tlr/a,b\n", "{}\t{}\t{}\t{}", "\n", "\n"),
    "json": ("[\n", '{{"step": {}, "lr": {}, "momentum": {}, "lr/a,b": {}}}', ",\n", "\n]\n"),
    "jsonl": ("", '{{"step": {}, "lr": {}, "momentum": {}, "lr/a,b": {}}}', "\n", "\n"),
}


@pytest.mark.parametrize("name", list(EXPECTED))
@pytest.mark.parametrize(
    "window", [(0, 40_000, 1), (7, 20_000, 13), (99_999_990, 100_000_030, 1), (0, 1, 1), (9, 10, 1)]
)
def test_text_is_that_of_repr(schedule, name, window):
    start, stop, every = window
    steps = list(range(start, stop, every))
    columns = [schedule.run.tracks[track].curve.values(np.array(steps)).tolist() for track in schedule.tracks]
    before, row, between, after = EXPECTED[name]
    lines = [row.format(*cells) for cells in zip(steps, *(map(repr, column) for column in columns), strict=True)]
    text = written(schedule, name, start=start, stop=stop, every=every).decode()
    assert text == before + between.join(lines) + after


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("csv", "step,lr@a,lr@b\n0,1.0,0.25\n1,0.5,0.25\n2,,0.25\n"),
        ("jsonl", '{"step": 1, "lr@a": 0.5, "lr@b": 0.25}\n{"step": 2, "lr@a": null, "lr@b": 0.25}\n'),
    ],
)
def test_cells_after_the_end_of_a_run_are_empty(name, expected):
    runs = [
        lrplot.load({"name": "a", "steps": 2, "lr": 1.0, "schedule": "linear"}).run,
        lrplot.load({"name": "b", "steps": 3, "lr": 0.25, "schedule": "constant"}).run,
    ]
    file = io.BytesIO()
    TABLES[name](joined(runs), file)
    assert file.getvalue().decode().endswith(expected)


def test_the_shorter_of_two_long_runs_ends_inside_a_piece():
    lengths = {"short": 20_000, "long": 70_000}
    runs = [lrplot.load({"name": name, "steps": lengths[name], "lr": 0.3, "schedule": "cosine"}) for name in lengths]
    file = io.BytesIO()
    TABLES["csv"](joined([run.run for run in runs]), file)
    short, long = ([*map(repr, run.lr.tolist())] for run in runs)
    short += [""] * (len(long) - len(short))
    lines = [f"{step},{cells[0]},{cells[1]}\n" for step, cells in enumerate(zip(short, long, strict=True))]
    assert file.getvalue().decode() == "step,lr@short,lr@long\n" + "".join(lines)


def test_cells_are_joined_even_if_stored_in_another_order():
    cells = (
        np.array([[b"\n1,0.5...", b",0.25...."], [b"\n2,0.125.", b",1.0....."]], "S9").view(np.uint8).reshape(2, 2, 9)
    )
    lengths = np.array([[6, 5], [8, 4]])
    joined_text = b"\n1,0.5,0.25\n2,0.125,1.0"
    assert bytes(lines._joined(cells, lengths)) == joined_text
    # A first byte that is not where it should be is what another order would show.
    cells[1, 0, 0] = ord(";")
    assert bytes(lines._joined(cells, lengths)) == joined_text.replace(b"\n2", b";2")


def test_rows_without_steps(schedule):
    assert written(schedule, "csv", start=5, stop=5) == b'step,lr,momentum,"lr/a,b"\n'
    assert json.loads(written(schedule, "json", start=5, stop=5)) == []
    assert written(schedule, "jsonl", start=5, stop=5) == b""


def table_of(rows, name="csv"):
    file = io.BytesIO()
    TABLES[name](rows, file)
    return file.getvalue()


def test_a_log_has_a_row_for_each_logged_step():
    (run,) = runs_of(log_of(points([10, 20, 40], [0.5, 0.25, 0.125], tracks={"lr/head": [1.0, np.nan, 2.0]})))
    rows = rows_of(run)
    assert len(rows) == 3
    assert table_of(rows).decode() == "step,lr,lr/head\n10,0.5,1.0\n20,0.25,\n40,0.125,2.0\n"
    with np.load(io.BytesIO(table_of(rows, "npz"))) as archive:
        assert archive["step"].tolist() == [10, 20, 40]
        assert archive["lr"].tolist() == [0.5, 0.25, 0.125]
    assert table_of(replace(rows, start=20, every=2)).decode() == "step,lr,lr/head\n20,0.25,\n"


def test_beside_a_log_a_plan_has_rows_for_logged_steps():
    plan = lrplot.load({"name": "plan", "steps": 20, "lr": 1, "schedule": "constant"}).run
    (run,) = runs_of(log_of(points([10, 30], [0.5, 0.25])))
    assert table_of(joined([plan, run])).decode() == "step,lr@plan,lr@run\n10,1.0,0.5\n30,,0.25\n"


def test_a_log_of_more_rows_than_a_block(schedule):
    (run,) = runs_of(log_of(points(range(0, 30_000, 3), [0.5] * 10_000)))
    seen = []
    table_of(replace(rows_of(run), written=seen.append))
    assert (sum(seen), len(seen)) == (10_000, 3)
