"""A log in few words: written to a file and read, or refused."""

import pytest

import lrplot


@pytest.fixture
def log(tmp_path):
    """Write a log and read it."""

    def read(content, name="log.csv", columns=None, format=""):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return lrplot.read_log(path, columns, format)

    return read


@pytest.fixture
def refused(log):
    """The code, the line (from 1) and the message of a log that cannot be read, and its cure."""

    def read(*arguments, **keywords):
        with pytest.raises(lrplot.SpecError) as caught:
            log(*arguments, **keywords)
        (fault,) = caught.value.diagnostics
        line = None if fault.span is None or fault.span.line is None else fault.span.line + 1
        return fault.code, line, fault.message, fault.help or ""

    return read
