"""Examples of every format, as messy as real files; the fuzzer starts from them too.

A file's name begins with its format: `transformers_wandb.yaml` is one of transformers.
"""

import pytest
from support import CONFIGS, OPEN_FACTS

import lrplot


def loaded(path, settings):
    """An example with these settings, or with a length if it lacks one."""
    try:
        return lrplot.load(path, settings)
    except lrplot.SpecError as error:
        if {each.code for each in error.diagnostics} != {"missing-fact"}:
            raise
        return lrplot.load(path, ("steps=100",))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_an_example_is_recognised_as_its_format_alone(path):
    schedule = loaded(path, OPEN_FACTS.get(path.name, ()))
    assert schedule.run.reading.format == path.stem.partition("_")[0]
    assert schedule.lr.max() > 0
