"""OpenMMLab's `paramwise_cfg`: parameter groups with multiples of the optimizer's learning rate and weight decay."""

from __future__ import annotations

from typing import Any

from lrplot.text.tree import Mapping, Scalar
from lrplot.trainers.shared.config import Config, number, tree_of

Group = dict[str, Any]  # what a group overrides
DEFAULT = "Default"  # how the constructors begin that follow these rules
# The groups by kinds of parameters, and the keys of their multiples of the learning rate and of the weight decay.
KINDS = {
    "bias": ("bias_lr_mult", "bias_decay_mult"),
    "norm": ("", "norm_decay_mult"),
    "dwconv": ("", "dwconv_decay_mult"),
    "dcn_offset": ("dcn_offset_lr_mult", ""),
}


def groups(config: Config, at: str, lr: float | None, decay: float | None) -> dict[str, Group] | None:
    """The groups that differ from the optimizer's values `lr` and `decay`; None if there are none.

    `at` is the path of the mapping that has `paramwise_cfg`, and maybe the `constructor` of the optimizer.

    Source: mmengine/optim/optimizer/default_constructor.py, DefaultOptimWrapperConstructor.add_params
    """
    rules, constructor = config.node(f"{at}.paramwise_cfg"), config.node(f"{at}.constructor")
    if isinstance(constructor, Scalar) and not constructor.text.rpartition(".")[2].startswith(DEFAULT):
        config.derivation.append(f"the groups that `{constructor.text}` makes are not shown")
        return None
    if not isinstance(rules, Mapping):
        return None
    found: dict[str, Group] = {}
    custom = rules.get("custom_keys")
    if isinstance(custom, Scalar) and custom.computed:
        config.derivation.append("the groups of `custom_keys` are computed, and not shown")
    for entry in custom if isinstance(custom, Mapping) else ():
        if isinstance(entry.value, Mapping):
            found |= _group(entry.key.text, entry.value, ("lr_mult", "decay_mult"), lr, decay)
    for name, keys in KINDS.items():
        if name not in found:
            found |= _group(name, rules, keys, lr, decay)
    return found or None


def _group(name: str, rules: Mapping, keys: tuple[str, str], lr: float | None, decay: float | None) -> dict[str, Group]:
    """The group of a name, if one of its two multiples is not 1; a value of its own stands over its multiple."""
    values: Group = {}
    custom = keys[0] == "lr_mult"
    for value, base, key in (("lr", lr, keys[0]), ("weight_decay", decay, keys[1])):
        own, times = rules.get(value) if custom else None, rules.get(key)
        if own is not None:
            values[value] = own
        elif times is not None and base is not None and (multiple := number(times)) not in (None, 1.0):
            assert multiple is not None
            values[value] = tree_of(base * multiple, times.span)
    return {name: values} if values else {}
