"""A log's format by its head, columns by their names, and what is said of files that are no logs."""

import io
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

import lrplot
from lrplot.logs import LOGS, Shape
from lrplot.logs.shared.binary import masked_crc
from lrplot.logs.shared.files import open_log
from lrplot.logs.shared.reading import Head, is_log, log_in
from lrplot.registry import module_names
from lrplot.spec.logs import is_log as may_be_log
from lrplot.spec.logs import log_in as log_of

CSV = "step,lr\n0,0.1\n1,0.05\n"
STATE = '{"log_history": [{"step": 10, "learning_rate": 0.001}], "max_steps": 20}'
LINES = '{"step": 1, "lr": 0.1}\n{"step": 2, "lr": 0.05}\n'


def test_every_file_of_formats_registers_one():
    assert {each.read.__module__.rpartition(".")[2] for each in LOGS.values()} == set(module_names("lrplot.logs"))


@pytest.mark.parametrize("name", LOGS)
def test_every_format_is_documented(name):
    each = LOGS[name]
    assert each.title
    assert each.keys
    assert each.source
    assert each.description.endswith(".")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("step,lr", {"lr": "lr"}),
        ("Iteration;Learning Rate;Loss", {"lr": "Learning Rate"}),
        ("global_step\ttrain/learning_rate", {"lr": "train/learning_rate"}),
        ("epoch,optimizer/lr/group_0,optimizer/lr/group_1", {"lr": "optimizer/lr/group_0"}),
        ("step,lr,base_lr", {"lr": "lr"}),
        ("step,last_layer_lr", {"lr": "last_layer_lr"}),
        ("tokens,current_lr", {"lr": "current_lr"}),
        ("step lr loss", {"lr": "lr"}),
    ],
)
def test_columns_are_known_by_their_names(log, header, columns):
    separator = next(each for each in ",;\t " if each in header)
    names = header.split(separator)
    rows = "".join(
        separator.join(str((row + 1) * (place + 1)) for place in range(len(names))) + "\n" for row in range(3)
    )
    found = log(f"{header}\n{rows}")
    for track, name in columns.items():
        assert found.points.tracks[track].values.tolist() == [(row + 1) * (names.index(name) + 1) for row in range(3)]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("step", "updates"),
        ("epoch", "epochs"),
        ("consumed_samples", "samples"),
        ("tokens", "tokens"),
        ("batch", "batches"),
    ],
)
def test_what_a_step_counts_is_known_by_its_name(log, name, unit):
    assert log(CSV.replace("step", name)).unit == unit


def test_groups_are_tracks(log):
    found = log("step,lr/pg0,lr/pg1,momentum\n1,0.1,0.2,0.9\n").points
    assert {name: track.values.tolist() for name, track in found.tracks.items()} == {
        "lr": [0.1], "lr/pg0": [0.1], "lr/pg1": [0.2], "momentum": [0.9],
    }  # fmt: skip


def test_a_list_of_learning_rates_has_groups(log):
    found = log('{"step": 1, "lr": [0.1, 0.2]}\n{"step": 2, "lr": [0.05, 0.1]}\n', "log.jsonl").points
    assert found.tracks["lr/1"].values.tolist() == [0.2, 0.1]
    assert found.lr.values.tolist() == [0.1, 0.05]


@pytest.mark.parametrize("columns", ["step=n,lr=rate", {"step": "n", "lr": "rate"}])
@pytest.mark.parametrize(
    ("content", "name"),
    [("n,rate,loss\n1,0.5,2\n2,0.25,1\n", "a.csv"), ('{"n": 1, "rate": 0.5}\n{"n": 2, "rate": 0.25}\n', "a.jsonl")],
)
def test_columns_can_be_named(log, content, name, columns):
    found = log(content, name, columns).points
    assert (found.steps.tolist(), found.lr.values.tolist()) == ([1, 2], [0.5, 0.25])


def test_what_is_not_named_is_known_by_its_name(log):
    content = "Wall time,Step,Value\n1600000000.1,0,0.001\n1600000001.1,10,0.0009\n"
    assert log(content, columns="lr=Value").points.steps.tolist() == [0, 10]
    assert log("n,lr,epoch\n5,0.1,1\n", columns="step=n").points.epochs.tolist() == [1]


def test_columns_of_a_table_without_header_are_named_by_number(log, refused):
    content = "1,0.5\n2,0.25\n"
    assert log(content, columns="step=1,lr=2").points.lr.values.tolist() == [0.5, 0.25]
    code, line, message, help = refused(content)
    assert (code, line) == ("no-learning-rate", 1)
    assert "no header" in message
    assert "`--columns step=1,lr=2`" in help


def test_a_column_that_is_not_there_names_the_nearest(refused):
    code, line, message, help = refused("\nstep,rate\n1,0.1\n", columns="lr=rates")
    assert (code, line, message) == ("missing-column", 2, "the log has no column `rates`")
    assert "`rate`" in help


def test_a_key_that_is_not_there_names_the_nearest(refused):
    code, _, message, help = refused(LINES, "a.jsonl", "lr=rate")
    assert (code, message) == ("missing-column", "the log has no column `rate`")
    assert "`lr`" in help


def test_learning_rates_that_cannot_be_told_apart_have_to_be_named(refused):
    code, line, message, help = refused("step,gen_lr,disc_lr\n1,0.1,0.2\n")
    assert (code, line) == ("missing-column", 1)
    assert "`gen_lr`, `disc_lr`" in message
    assert help == "add `--columns lr=gen_lr`"


@pytest.mark.parametrize("columns", ["lr", "rate=x", {"lr": ""}])
def test_columns_are_named_by_what_they_hold(refused, columns):
    assert refused(CSV, columns=columns)[0] == "bad-option"


def test_a_text_has_no_columns_to_name(refused):
    assert refused("s:1 trl:6 lr:0.1\n", "a.log", "lr=x", "nanogpt")[0] == "bad-option"


def test_an_unknown_format_names_the_nearest(refused):
    assert refused(CSV, format="kera")[3] == "did you mean `keras`?"


MANY_KEYS = b"".join(b'{"step": 1, "lr": 1, "%d": 1}\n' % key for key in range(10_001))
BAD = {
    "empty": (b"", "a.csv", "empty", None),
    "blank": (b"\n \n", "a.csv", "empty", None),
    "no learning rate": (b"step,loss\n1,2\n", "a.csv", "no-learning-rate", 1),
    "no step": (b"lr,loss\n0.1,2\n", "a.csv", "no-learning-rate", 1),
    "no value": (b"step,lr\n1,\n2,nan\n", "a.csv", "no-learning-rate", None),
    "no rows": (b"step,lr\n", "a.csv", "no-learning-rate", None),
    "a word for a number": (b"step,lr\n1,0.1\n2,fast\n", "a.csv", "bad-number", 3),
    "an infinite learning rate": (b"step,lr\n1,0.1\n2,inf\n", "a.csv", "bad-number", 3),
    "a step that is not whole": (b"step,lr\n1,0.1\n2.5,0.1\n", "a.csv", "bad-step", 3),
    "a step below 0": (b"step,lr\n1,0.1\n-2,0.1\n", "a.csv", "bad-step", 3),
    "a step beyond sense": (b"step,lr\n1,0.1\n1e30,0.1\n", "a.csv", "bad-step", 3),
    "a short row": (b"step,lr,loss\n1,0.1,2\n2,0.1\n3,0.1,2\n", "a.csv", "bad-row", 3),
    "a long row": (b"step,lr\n1,0.1\n2,0.1,7\n", "a.csv", "bad-row", 3),
    "a line that is no JSON": (b'{"step": 1, "lr": 0.1}\n{"step": 2, "lr"\n{"step": 3}\n', "a.jsonl", "bad-json", 2),
    "JSON without a learning rate": (b'{"step": 1, "loss": 2}\n', "a.jsonl", "no-learning-rate", 1),
    "a truncated document": (STATE[:-30].encode(), "a.json", "truncated", 1),
    "a faulty document": (STATE.replace(": 0.001", " 0.001").encode() + b" " * 99, "a.json", "bad-json", 1),
    "a document without rows": (b'{"log_history": []}', "a.json", "no-learning-rate", None),
    "prose": (b"To whom it may concern\n", "a.txt", "unknown-format", 1),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.csv", "binary", None),
    "zeros": (b"\0" * 5000, "a.csv", "binary", None),
    "deep JSON": (b'{"log_history": ' + b"[" * 100_000, "a.json", "bad-json", 1),
    "a huge number": (b'{"step": 1, "lr": ' + b"9" * 5000 + b"}\n", "a.jsonl", "bad-json", 1),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a.csv", "unreadable", None),
    "too many columns": (b"step,lr" + b",x" * 10_000 + b"\n", "a.csv", "too-large", 1),
    "too many keys": (MANY_KEYS, "a.jsonl", "too-large", None),
    "too many headers": (b"step,lr\n1,1\nstep,lr,x\n" * 600, "a.csv", "too-large", 1503),
    "too many runs": (b"step,lr\n" + b"1,1\n2,1\n3,1\n" * 10_001, "a.csv", "too-large", None),
    "a quote without end": (b'step,lr,note\n1,0.1,a\n2,0.1,"' + b"x" * 200_000 + b"\n", "a.csv", "bad-row", 3),
    "only evaluations": (b'{"step": 1, "lr_x": 2, "lr": null}\n', "a.jsonl", "no-learning-rate", None),
    "a document that is a number": (b'[{"step": 1, "lr": 1}', "a.json", "truncated", 1),
    "a key without a value": (b'{"log_history": [], "x" 5' + b" " * 99, "a.json", "bad-json", 1),
    "a word in JSON": (b'{"step": 1, "lr": 0.1}\n{"step": 2, "lr": "fast"}\n', "a.jsonl", "bad-number", 2),
    "a truth value in JSON": (b'{"step": 1, "lr": true}\n{"step": 2, "lr": 0.1}\n', "a.jsonl", "bad-number", 1),
    "W&B's header alone": (b":W&B\xe1\xbe\0", "a.wandb", "no-learning-rate", None),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_at_their_line(refused, case):
    content, name, code, line = BAD[case]
    assert refused(content, name)[:2] == (code, line)


def test_what_is_no_log_says_what_was_looked_for(refused):
    help = refused("To whom it may concern\n", "a.txt")[3]
    assert all(each.name in help for each in LOGS.values() if each.shape != Shape.BINARY)


def test_the_line_of_a_fault_is_shown(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("step,lr,loss\n1,0.1,2\n2,0.1\n3,0.1,2\n")
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.read_log(path)
    (fault,) = caught.value.diagnostics
    assert fault.span.source.lines[fault.span.line] == "2,0.1"
    assert str(fault.span) == f"{path}:3:1"


def test_a_missing_file_and_a_folder_without_logs(tmp_path):
    for place, reason in ((tmp_path / "no.csv", "no such file"), (tmp_path, "holds no log"), ("", "not a path")):
        with pytest.raises(lrplot.SpecError, match=reason):
            lrplot.read_log(place)


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    found = lrplot.read_log("-")
    assert (found.name, found.source, len(found.points)) == ("stdin", "<stdin>", 2)
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(lrplot.SpecError, match="standard input is closed"):
        lrplot.read_log("-")


def test_two_formats_are_both_named(refused):
    content = '{"iteration": 1, "current_steps": 1, "total_steps": 5, "lr": 0.1, "total_loss": 2}\n'
    code, line, message, help = refused(content, "a.jsonl")
    assert (code, line) == ("ambiguous-format", 1)
    assert "`detectron2` or `llama-factory`" in message
    assert help == "name one, such as `detectron2`"


def test_torn_last_lines_are_left_out(log):
    assert len(log("step,lr,loss\n1,0.1,2\n2,0.05,1\n3,0.0").points) == 2
    assert len(log(LINES + '{"step": 3, "l', "a.jsonl").points) == 2


@pytest.mark.parametrize("cut", ["3,1e-", "3,-", "3e", "3,0.0x"])
def test_a_last_line_that_is_cut_within_a_number_is_left_out(log, cut):
    assert log(f"step,lr\n1,0.1\n2,0.05\n{cut}").points.steps.tolist() == [1, 2]


def test_a_faulty_last_line_that_is_whole_is_refused(refused):
    assert refused("step,lr\n1,0.1\n2,0.05\n3,1e-\n")[0] == "bad-number"


MEGATRON = " iteration {:8d}/ 10 | learning rate: {} | lm loss: 1.5E+00 |\n"


@pytest.mark.parametrize("cut", range(1, len(MEGATRON.format(2, "9.0E-05"))))
def test_a_text_that_is_cut_anywhere_gives_no_other_learning_rate(log, cut):
    whole = MEGATRON.format(1, "1.0E-04") + MEGATRON.format(2, "9.0E-05")
    assert log(whole[:-cut], "train.log").points.lr.values.tolist() in ([1e-4], [1e-4, 9e-5])


def test_arrays_of_steps_and_learning_rates_have_one_length(log, refused):
    assert log('{"step": [5, 6], "lr": [0.1, 0.2]}', "a.json").points.steps.tolist() == [5, 6]
    assert log('{"lr": [0.1, 0.2], "val_loss": [1]}', "a.json").points.steps.tolist() == [0, 1]
    code, _, message, _ = refused('{"step": [5], "lr": [0.1, 0.2]}', "a.json")
    assert (code, message) == ("missing-column", "no array `step` has 2 numbers, as that of the learning rate")


def test_zeros_that_a_failing_machine_leaves_are_left_out(log):
    assert len(log(b"step,lr\n1,0.1\n2,0.05\n" + b"\0" * 500).points) == 2


def test_headers_that_are_repeated_begin_again(log):
    found = log("step,lr\n1,0.1\n2,0.2\nstep,loss,lr\n1,7,0.3\n2,7,0.4\n")
    assert [run.lr.values.tolist() for run in found.runs] == [[0.1, 0.2], [0.3, 0.4]]
    assert found.points.lines.tolist() == [5, 6]


def test_cells_may_be_quoted_padded_or_grouped(log):
    found = log('"step", "lr"\n"1,000", " 0.1 "\n"2,000", 0.05\n').points
    assert (found.steps.tolist(), found.lr.values.tolist()) == ([1000, 2000], [0.1, 0.05])


def test_other_bytes_are_replaced(log):
    found = log("note,step,lr\n\u8bad\u7ec3,1,0.1\nb,2,0.05\n".encode("gbk")).points
    assert found.lr.values.tolist() == [0.1, 0.05]


def test_colours_and_lines_that_are_written_over(log):
    content = "\x1b[32mstep 1 | loss 2 | lr 1e-3\x1b[0m\r 50%|###\rstep 2 | loss 1 | lr 5e-4\n"
    assert log(content, "a.log").points.lr.values.tolist() == [1e-3, 5e-4]
    assert log(content, "a.log").points.lines.tolist() == [1, 3]


def test_a_log_of_many_blocks_keeps_its_lines(log):
    count = 60_000
    lines = [f"{step},{3e-4 * (1 - step / count)!r},{'x' * (step % 40)}" for step in range(count)]
    found = log("step,lr,note\n" + "\n".join(lines) + "\n").points
    assert found.steps.tolist() == list(range(count))
    assert found.lines.tolist() == list(range(2, count + 2))
    assert found.lr.values.tolist() == [3e-4 * (1 - step / count) for step in range(count)]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_of_many_blocks_keeps_its_lines(log, indent):
    import json

    count = 20_000
    rows = [
        {
            "step": step,
            "learning_rate": step / count,
            **({"note": "é" * 9, "list": [1, {"a": 2}]} if step == 9_999 else {}),
        }
        for step in range(count)
    ]
    rows.insert(7, {"eval_loss": 1.0, "step": 6})
    text = json.dumps({"log_history": rows, "max_steps": count}, indent=indent, ensure_ascii=False)
    found = log(text, "a.json")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if '"learning_rate"' in line]
    assert found.points.lines.tolist() == (lines if indent else [1] * count)
    assert found.points.lr.values.tolist() == [step / count for step in range(count)]
    assert dict(found.stated) == {"steps": count}


def test_a_line_that_is_too_long_is_refused(refused, monkeypatch):
    monkeypatch.setattr("lrplot.logs.shared.files.LONGEST", 1 << 20)
    code, line, message, _ = refused('{"step": 1, "lr": 0.1}\n{"step": 2, "x": "' + "y" * (3 << 20), "a.jsonl")
    assert (code, line) == ("too-large", 2)
    assert "longer than" in message


def test_a_file_that_cannot_be_read_further(monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    stream = type("Stream", (), {"buffer": type("Buffer", (), {"read": fail})()})()
    monkeypatch.setattr(sys, "stdin", stream)
    with pytest.raises(lrplot.SpecError, match="Input/output error"):
        lrplot.read_log("-")


def test_the_first_group_is_left_out_if_it_is_the_base(log):
    content = '{"lr": 0.1, "base_lr": 0.1, "iter": 1, "step": 1}\n{"lr": 0.2, "base_lr": 0.2, "iter": 2, "step": 2}\n'
    assert list(log(content, "scalars.json").points.tracks) == ["lr"]
    text = "".join(
        f"Iter(train) [{step}/9]  base_lr: 1.0000e-0{step} lr: 1.0000e-0{step}  loss: 1.0\n" for step in (1, 2)
    )
    found = log(text, "a.log")
    assert (list(found.points.tracks), dict(found.stated)) == (["lr"], {"steps": 9})


def test_lengths_beyond_sense_are_not_stated(log):
    text = STATE.replace('"max_steps": 20', '"max_steps": -1, "num_train_epochs": 9223372036854775807')
    assert dict(log(text, "a.json").stated) == {}


def test_a_log_after_a_long_preamble_is_found(log):
    content = (
        "setting = 1\n" * 20_000 + " iteration        5/      10 | learning rate: 1.000E-04 | lm loss: 2.0E+00 |\n"
    )
    found = log(content, "a.log")
    assert (found.format, found.points.lines.tolist()) == ("megatron", [20_001])


def test_mmcv_iterations_of_a_run_by_iterations_are_steps(log):
    content = "".join(f'{{"mode": "train", "epoch": 1, "iter": {step}, "lr": 0.01}}\n' for step in (50, 100, 150))
    found = log(content, "a.log.json")
    assert (found.unit, found.points.steps.tolist()) == ("batches", [50, 100, 150])


def test_ms_swift_on_megatron_counts_iterations(log):
    content = '{"loss": 2.5, "learning_rate": 1e-05, "iteration": "5/50", "elapsed_time": "9s"}\n'
    found = log(content, "logging.jsonl")
    assert (found.format, found.points.steps.tolist(), dict(found.stated)) == ("ms-swift", [5], {"steps": 50})


def test_fairseq_writes_plain_text_too(log):
    content = (
        "| INFO | train_inner | epoch 001:    100 / 7130 loss=14.5, ppl=9, num_updates=100, lr=2.5e-05, gnorm=1\n"
        "| INFO | train | epoch 001 | loss 12.5 | ppl 9 | num_updates 120 | lr 3e-05 | gnorm 1\n"
    )
    found = log(content, "a.log").points
    assert (found.steps.tolist(), found.lr.values.tolist(), found.losses.tolist()) == (
        [100, 120],
        [2.5e-5, 3e-5],
        [14.5, 12.5],
    )


@pytest.mark.parametrize(
    ("line", "step", "rate"),
    [
        ("step   10 | loss: 7.028956 | lr 6.0000e-04 | norm: 1.8351 | dt: 3855.56ms", 10, 6e-4),
        ("step   20/19560 | loss 9.1 (+1.2z)| norm 5.1 (+0.3z)| lr 2.14e-06 | 300.00 ms | 45.1% bf16 MFU", 20, 2.14e-6),
        ("2024-01-02 03:04:05,678 [INFO] step 30/160000, loss: 7.8817, cur_lr: 0.049992, cost 731.52 ms", 30, 0.049992),
        ("iter 40: loss 3.2, time 300ms, mfu 12%, learning rate: 3e-4", 40, 3e-4),
    ],
)
def test_lines_of_scripts_have_a_step_and_a_learning_rate(log, line, step, rate):
    found = log(f"{line}\n", "a.log")
    assert (found.format, found.points.steps.tolist(), found.points.lr.values.tolist()) == ("nanogpt", [step], [rate])


def field(number, content):
    """A field of a protocol buffer: bytes, or an integer."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    assert len(content) < 128
    key = number << 3 | 2
    return (bytes([key]) if key < 128 else bytes([key & 127 | 128, key >> 7])) + bytes([len(content)]) + content


def test_histories_of_wandb_may_hold_anything(log):
    def item(key, value):
        return field(1, b"".join(field(2, part) for part in key.split(b"/")) + field(16, value))

    rows = [
        item(b"optim/lr", b"0.1")
        + item(b"note", b'"x"')
        + item(b"picture", b'{"_type": "image"}')
        + field(2, field(1, 1)),
        item(b"optim/lr", b"NaN") + item(b"broken", b"12x") + field(2, field(1, 2)),
        item(b"optim/lr", b"0.05") + item(b"loss", b"Infinity") + field(2, field(1, 3)),
    ]
    records = [field(17, b"run"), *(field(2, row) for row in rows), b"\xff\xff"]
    content = b":W&B\xe1\xbe\0" + b"".join(struct.pack("<IHB", 0, len(each), 1) + each for each in records)
    found = log(content, "run-1.wandb").points
    assert (found.steps.tolist(), found.lr.values.tolist()) == ([1, 3], [0.1, 0.05])


def test_records_of_several_blocks_are_joined(log):
    parts = [b"x" * 40_000, field(2, field(1, field(1, b"lr") + field(16, b"0.1")) + field(2, field(1, 7)))]
    content, room = b":W&B\xe1\xbe\0", 32_768 - 7
    for part in parts:
        kind = 1
        while part:
            if room < 7:
                content, room = content + bytes(room), 32_768
            data, part = part[: room - 7], part[room - 7 :]
            kind = (2 if part else 1) if kind == 1 else (3 if part else 4)
            content += struct.pack("<IHB", 0, len(data), kind) + data
            room -= 7 + len(data)
    assert log(content, "run-1.wandb").points.steps.tolist() == [7]


def scalar(step, tag, value):
    """An event with a scalar of TensorBoard: a float, or the fields of a value."""
    content = value if isinstance(value, bytes) else b"\x15" + struct.pack("<f", value)
    return field(2, step) + field(5, field(1, field(1, tag) + content))


def records(*events):
    """A file of events."""
    content = b""
    for event in (b"\x09" + bytes(8) + field(3, b"brain.Event:2"), *events):
        length = struct.pack("<Q", len(event))
        content += length + struct.pack("<I", masked_crc(length)) + event + bytes(4)
    return content


def test_a_tag_can_be_named_and_tensors_are_read(log):
    events = records(
        scalar(1, b"my rate", field(8, field(1, 1) + field(5, struct.pack("<f", 0.5)))),
        scalar(2, b"my rate", field(8, field(1, 2) + field(4, struct.pack("<d", 0.1)))),
        scalar(3, b"my rate", field(8, field(1, 7) + field(4, b"text"))),
        scalar(4, b"my rate", 0.5),
    )
    found = log(events, "events.out.tfevents.1", "lr=my rate").points
    assert (found.steps.tolist(), found.lr.values.tolist()) == ([1, 2, 4], [0.5, 0.1, 0.5])


@pytest.mark.parametrize(
    ("tags", "unit"),
    [
        ((b"lr", b"loss"), "updates"),
        ((b"epoch_learning_rate", b"epoch_loss"), "epochs"),
        ((b"x/lr0", b"metrics/mAP_0.5"), "epochs"),
    ],
)
def test_steps_of_programs_that_log_once_per_epoch_are_epochs(log, tags, unit):
    found = log(records(*(scalar(1, tag, 0.5) for tag in tags)), "events.out.tfevents.1")
    assert (found.unit, found.points.lr.values.tolist()) == (unit, [0.5])


def test_a_broken_record_ends_a_file_of_records(log):
    content = bytearray((Path(__file__).parent / "examples" / "tensorboard.tfevents").read_bytes())
    at = 0
    for _ in range(20):  # records: a length, its check sum, the data, its check sum
        at += struct.unpack_from("<Q", content, at)[0] + 16
    struct.pack_into("<Q", content, at, 1 << 60)
    assert len(log(bytes(content), "events.out.tfevents.1").points) == 6


def test_the_log_in_a_folder(tmp_path):
    def put(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return str(path)

    assert log_in(tmp_path) is None
    put("results.csv", "epoch,loss\n1,2\n")
    assert log_in(tmp_path) is None
    table = put("lightning_logs/version_2/metrics.csv", "step,lr-Adam\n1,0.1\n")
    put("lightning_logs/version_1/metrics.csv", "step,lr-Adam\n1,0.2\n")
    last = put("lightning_logs/version_10/metrics.csv", "step,lr-Adam\n1,0.3\n")
    assert log_in(tmp_path) == last != table
    put("checkpoint-500/trainer_state.json", STATE)
    state = put("checkpoint-1000/trainer_state.json", STATE)
    assert log_of(str(tmp_path)) == state
    assert lrplot.read_log(tmp_path).source == state


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", CSV, True),
        ("events.out.tfevents.1.host", "", True),
        ("run.wandb", "", True),
        ("a.json", STATE, True),
        ("metrics.json", LINES, True),
        ("a.json", '{"steps": 10, "lr": 0.1, "schedule": "linear"}', False),
        ("a.json", '{\n  "learning_rate": 0.1\n}\n', False),
        ("log.txt", '{"train_lr": 0.1, "epoch": 0}\n', True),
        ("run.txt", "steps: 10\nlr: 0.1\nschedule: linear\n", False),
        ("a.yaml", CSV, False),
        ("a.py", CSV, False),
    ],
)
def test_a_log_is_told_from_a_spec_by_its_name_or_head(tmp_path, name, content, expected):
    path = tmp_path / name
    path.write_text(content)
    assert may_be_log(str(path)) is expected


def test_no_file_is_no_log(tmp_path):
    assert not may_be_log(str(tmp_path / "no.csv"))
    assert not may_be_log(str(tmp_path / "no.json"))
    assert not is_log(tmp_path / "no.csv")


def test_values_can_be_computed_with(log):
    run = log(CSV).points
    assert len(run) == 2
    np.testing.assert_array_equal(np.abs(run.lr.values - [0.1, 0.05]) <= run.lr.slack, [True, True])


@pytest.mark.parametrize(
    ("content", "name", "line", "marked", "quoted"),
    [
        ("step,lr\n1,0.1\n2,fast\n", "a.csv", "2,fast", "fast", "`fast`"),
        ("step,lr\n1,0.1\n2,inf\n", "a.csv", "2,inf", "inf", "inf"),
        ("step,lr\n1,0.1\n2.5,1\n", "a.csv", "2.5,1", "2.5", "`2.5`"),
        ("x x\nstep 2 lr 0.1.2 x\n", "a.log", "step 2 lr 0.1.2 x", "0.1.2", "`0.1.2`"),
        ('{"step": 1, "lr": true}\n', "a.jsonl", '{"step": 1, "lr": true}', "true", "`true`"),
        ("step,lr,x\n1,a,a\n", "a.csv", "1,a,a", "1,a,a", "`a`"),
        (f"step,lr\n1,{'z' * 90}\n", "a.csv", f"1,{'z' * 90}", "z" * 90, f"`{'z' * 39}…`"),
    ],
)
def test_a_faulty_value_is_quoted_and_marked_in_its_line(log, content, name, line, marked, quoted):
    with pytest.raises(lrplot.SpecError) as caught:
        log(content, name)
    (fault,) = caught.value.diagnostics
    assert fault.span.source.lines[fault.span.line] == line
    assert line[fault.span.column : fault.span.end_column] == marked
    assert quoted in fault.message


@pytest.mark.parametrize(
    ("content", "unit", "steps", "lines"),
    [
        ('{"lr": [0.1, 0.2], "loss": [2, 1]}', "updates", [0, 1], [1, 1]),
        ('{"lrs": [0.1, 0.2], "losses": [2, 1], "val_losses": [3]}', "updates", [0, 1], [1, 1]),
        ('{"loss": [2, 1], "val_loss": [2, 1],\n"lr": [\n0.1,\n0.2\n]}', "epochs", [0, 1], [3, 4]),
        ('{"iteration": [10, 20], "lr": [0.1, 0.2]}', "updates", [10, 20], [1, 1]),
        ('{"epoch": [1, 2],\n"lr": [0.1, 0.2]}', "epochs", [1, 2], [2, 2]),
    ],
)
def test_arrays_of_a_document_are_columns(log, content, unit, steps, lines):
    found = log(content, "a.json")
    assert (found.format, found.unit, found.points.steps.tolist()) == ("history", unit, steps)
    assert (found.points.lr.values.tolist(), found.points.lines.tolist()) == ([0.1, 0.2], lines)


@pytest.mark.parametrize("content", ['{"step": 1, "lr": [0.1, 0.2]}\n', '{"betas": [0.9, 0.99], "lr": 0.1}\n'])
def test_other_lists_make_no_history(content, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(content)
    file = open_log(path)
    assert not Head(file, 1 << 16).fits(LOGS["history"])
    file.close()


def test_arrays_can_be_named(log, refused):
    content = '{"at": [10, 20], "eta": [0.1, 0.2], "x": [1]}'
    found = log(content, "a.json", "step=at,lr=eta")
    assert (found.points.steps.tolist(), found.points.lr.values.tolist()) == ([10, 20], [0.1, 0.2])
    assert refused(content, "a.json", "step=x,lr=eta")[0] == "missing-column"


def test_a_rate_among_no_arrays_is_refused(refused):
    assert refused('{"loss": [2, 1]}', "a.json", format="history")[:2] == ("no-learning-rate", 1)
