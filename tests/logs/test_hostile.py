"""Damaged logs are read or refused: no other exception, and nothing that takes long."""

import random
from pathlib import Path

import pytest

import lrplot

EXAMPLES = sorted((Path(__file__).parent / "examples").iterdir())
PIECES = [
    *(b"\n", b"\r", b"\0", b",", b'"', b"{", b"[", b"}", b"nan", b"1e999", b"-", b"9" * 400, b"[" * 3000, b"\xff\xfe"),
    *(b"e", b"Infinity", b"null", b"true", b"\x1b[31m", b"\x1b", b"_", b"/", b".", b";", b"\t", b"#"),
]


def mutated(content, rng):
    """A file with some bytes taken out, put in, repeated or changed, its end cut off, or its lines in another order."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        start = rng.randrange(len(content) + 1)
        stop = start + rng.choice([1, 3, 20, 200])
        match rng.randrange(8):
            case 0:
                del content[start:stop]
            case 1:
                content[start:start] = rng.randbytes(rng.randrange(1, 5))
            case 2:
                content[start:start] = content[start:stop]
            case 3:
                del content[start:]
            case 4:
                content[start:start] = rng.choice(PIECES)
            case 5:
                lines = bytes(content).split(b"\n")
                rng.shuffle(lines)
                content = bytearray(b"\n".join(lines))
            case 6:
                lines = bytes(content).split(b"\n")
                lines.insert(rng.randrange(len(lines)), rng.choice(lines))
                content = bytearray(b"\n".join(lines))
            case 7:
                content += bytes(content)
    return bytes(content)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_damaged_logs_are_read_or_refused(example, tmp_path):
    rng = random.Random(example.name)
    path = tmp_path / example.name
    for _ in range(20):
        path.write_bytes(mutated(example.read_bytes(), rng))
        try:
            runs = lrplot.read_log(path).runs
        except lrplot.SpecError:
            continue
        for run in runs:
            assert len(run) > 0
            assert (run.steps[1:] > run.steps[:-1]).all()
            assert {len(track.values) for track in run.tracks.values()} == {len(run)} == {len(run.lines)}
            assert {len(track.slack) for track in run.tracks.values()} == {len(run)}
