"""A config in few words: written to a file and loaded, its spec and what is odd about it."""

import pytest

import lrplot

collect_ignore_glob = ["examples/*"]  # configs in Python are no tests


@pytest.fixture
def config(tmp_path):
    """Write a config and load it with settings, and with `files` beside it."""

    def load(text, *settings, name="config.yaml", format="", files=()):
        for beside, content in dict(files).items():
            (tmp_path / beside).write_text(content)
        path = tmp_path / name
        path.write_text(text)
        return lrplot.load(path, settings, format)

    return load


@pytest.fixture
def refused(config):
    """The diagnostics of a config that cannot be used."""

    def load(*arguments, **keywords):
        with pytest.raises(lrplot.SpecError) as caught:
            config(*arguments, **keywords)
        return caught.value.diagnostics

    return load
