"""What the tests of reading specs share."""

from __future__ import annotations

import pytest

from lrplot import SpecError, load


@pytest.fixture
def write(tmp_path):
    """Write a spec's text (or bytes) to a file; its path."""

    def to_file(content, name="run.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


@pytest.fixture
def read(write):
    """Load a spec from its text."""
    return lambda text, *settings, name="run.yaml": load(write(text, name), settings)


@pytest.fixture
def diagnostics(write):
    """What is said of a bad spec, a text or a mapping."""

    def refused(spec, *settings, name="run.yaml"):
        with pytest.raises(SpecError) as error:
            load(write(spec, name) if isinstance(spec, str | bytes) else spec, settings)
        return error.value.diagnostics

    return refused


@pytest.fixture
def faults(diagnostics):
    """What is wrong with a bad spec: each fault's code, and the text its caret is under."""

    def refused(spec, *settings, name="run.yaml"):
        return [(each.code, _marked(each.span)) for each in diagnostics(spec, *settings, name=name)]

    return refused


def _marked(span):
    """The text under the caret; without a line the path, without a place nothing."""
    if span is None:
        return ""
    if span.line is None:
        return span.path
    return span.source.text.splitlines()[span.line][span.column : span.end_column]
