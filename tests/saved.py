"""Files as torch saves them, written without torch: a pickle that refers to storages beside it."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


class Tensor:
    """Stands for a tensor, whose numbers are in a storage of their own."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return ("storage", "FloatStorage", "0", "cpu", 4) if isinstance(value, Tensor) else None


def _pickled(value: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file, protocol=2).dump(value)
    return file.getvalue()


def save(value: Any, path: Path, *, old: bool = False, storage: int = 16) -> Path:
    """Write a value as torch does, in a zip file or as it did before, with a storage of some bytes."""
    if old:
        system = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"int": 4}}
        heads = [pickle.dumps(each, protocol=2) for each in (MAGIC, PROTOCOL, system)]
        path.write_bytes(b"".join([*heads, _pickled(value), pickle.dumps(["0"], protocol=2), bytes(storage)]))
        return path
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", _pickled(value))
        archive.writestr("archive/data/0", bytes(storage))
    return path


def group(**numbers: Any) -> dict[str, Any]:
    """A parameter group of SGD."""
    return {"momentum": 0.9, "dampening": 0, "nesterov": False, "params": [0], **numbers}


def optimizer(*groups: dict[str, Any]) -> dict[str, Any]:
    """An optimizer's state dict."""
    return {"state": {0: {"momentum_buffer": Tensor()}}, "param_groups": list(groups)}


def scheduler(steps: int, *bases: float, **attributes: Any) -> dict[str, Any]:
    """A state dict of one of torch's schedulers."""
    return {**attributes, "base_lrs": list(bases), "last_epoch": steps, "_step_count": steps + 1, "_is_initial": False}


__all__ = ["Counter", "OrderedDict", "Tensor", "group", "optimizer", "save", "scheduler"]
