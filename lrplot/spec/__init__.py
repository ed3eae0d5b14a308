"""Specs: from text to a located tree to a validated run."""

from lrplot.spec.compile import compile_run
from lrplot.spec.moments import read_step
from lrplot.spec.object_reader import read_mapping, read_toml
from lrplot.spec.overrides import override
from lrplot.spec.source import preset_names, preset_text, read_source
from lrplot.spec.yaml_reader import read_yaml

__all__ = [
    "compile_run",
    "override",
    "preset_names",
    "preset_text",
    "read_mapping",
    "read_source",
    "read_step",
    "read_toml",
    "read_yaml",
]
