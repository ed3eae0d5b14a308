"""Specs: from text to a located tree to a validated run. Each part is imported where it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lrplot.spec.compile import compile_run
    from lrplot.spec.moments import read_step
    from lrplot.spec.object_reader import read_mapping, read_toml
    from lrplot.spec.overrides import override
    from lrplot.spec.source import preset_names, preset_text, read_source
    from lrplot.spec.yaml_reader import read_yaml

_HOMES = {
    "compile_run": "compile",
    "override": "overrides",
    "preset_names": "source",
    "preset_text": "source",
    "read_mapping": "object_reader",
    "read_source": "source",
    "read_step": "moments",
    "read_toml": "object_reader",
    "read_yaml": "yaml_reader",
}
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


def __getattr__(name: str) -> Any:
    """A part that is asked for by name."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
