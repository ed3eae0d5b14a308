"""Examples of every format, as messy as real files; the fuzzer starts from them too.

A file's name begins with its format: `transformers_wandb.yaml` is one of transformers.
"""

from pathlib import Path

import pytest

import lrplot

EXAMPLES = sorted((Path(__file__).parent / "examples").iterdir())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_recognised_as_its_format(path):
    schedule = lrplot.load(path, ("steps=100",))
    assert schedule.run.reading.format == path.stem.partition("_")[0]
    assert schedule.lr.max() > 0
