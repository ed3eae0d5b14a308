"""Completion of specs, configs and presets in a shell."""

import os

from lrplot.spec.source import CONFIGS, SPECS, preset_names


def presets(incomplete: str) -> list[str]:
    """Names of presets that begin with a text."""
    return [name for name in preset_names() if name.startswith(incomplete)]


def specs(incomplete: str) -> list[str]:
    """Files of this folder and presets that begin with a text; files of other folders are left to the shell."""
    try:
        names = sorted(os.listdir())
    except OSError:  # the folder is deleted or not readable
        names = []
    suffixes = (*SPECS, *CONFIGS)
    files = [name for name in names if name.startswith(incomplete) and name.endswith(suffixes) and name.isprintable()]
    return [*files, *presets(incomplete)]
