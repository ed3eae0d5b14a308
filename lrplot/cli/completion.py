"""What a shell offers on TAB, besides commands, options and their choices."""

import os

from lrplot.spec.source import preset_names

SUFFIXES = (".yaml", ".yml", ".json", ".toml")


def presets(incomplete: str) -> list[str]:
    """The shipped specs' names."""
    return [name for name in preset_names() if name.startswith(incomplete)]


def specs(incomplete: str) -> list[str]:
    """What names a spec: files of this folder and presets. Of other folders the shell itself knows more."""
    try:
        names = sorted(os.listdir())
    except OSError:  # the folder is gone, or not ours to read
        names = []
    files = [name for name in names if name.startswith(incomplete) and name.endswith(SUFFIXES) and name.isprintable()]
    return [*files, *presets(incomplete)]
