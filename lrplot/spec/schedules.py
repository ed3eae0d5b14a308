"""Schedules in a spec: by kind, by a framework's name, or as a list of phases."""

from __future__ import annotations

from lrplot.diagnostics import Fault, Span
from lrplot.frameworks import find, is_path
from lrplot.kinds import KINDS
from lrplot.schema import types as ft
from lrplot.schema.binder import Binder, is_null
from lrplot.schema.definition import Definition
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.readers import READERS, negative, read_fraction
from lrplot.schema.recipe import Recipe
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.wording import did_you_mean

# Frameworks' names of a field, if they are unlike its name here.
SYNONYMS = {
    **dict.fromkeys(("learning_rate", "base_lr", "max_lr", "peak_lr", "initial_learning_rate"), "lr"),
    **dict.fromkeys(("total_steps", "max_steps", "num_steps", "num_training_steps", "train_steps"), "steps"),
    **dict.fromkeys(("num_epochs", "max_epochs", "num_train_epochs"), "epochs"),
    **dict.fromkeys(("warmup_steps", "warmup_ratio", "warmup_epochs", "num_warmup_steps"), "warmup"),
    **dict.fromkeys(("eta_min", "end_lr", "final_lr", "alpha", "lr_end", "end_value"), "to"),
    **dict.fromkeys(("T_max", "decay_steps", "total_iters", "duration", "length"), "for"),
    **dict.fromkeys(("step_size", "interval_steps"), "every"),
    **dict.fromkeys(("T_0", "first_decay_steps"), "period"),
    **dict.fromkeys(("T_mult", "t_mul"), "mult"),
    **dict.fromkeys(("step_size_up",), "up"),
    **dict.fromkeys(("step_size_down",), "down"),
    **dict.fromkeys(("decay_rate", "factor"), "gamma"),
    **dict.fromkeys(("gradient_accumulation_steps", "accumulate_grad_batches", "grad_accum"), "accumulate"),
    **dict.fromkeys(("per_device_train_batch_size", "micro_batch_size"), "per_device_batch_size"),
    **dict.fromkeys(("world_size", "num_gpus", "num_processes", "gpus"), "devices"),
    **dict.fromkeys(("type", "name", "scheduler"), "kind"),
}

NAMING = ("use", "_target_", "class_path")
HYDRA = ("_partial_", "_convert_", "_recursive_")  # keys for Hydra itself, not arguments


class SpecBinder(Binder):
    """Reads the mappings of a spec, schedules among them."""

    synonyms = SYNONYMS

    def schedule(self, node: Node) -> Recipe:
        """A schedule in any of its forms; a `Fault` if its kind is not known.

        It is a list of phases, a kind or a framework's scheduler by its name alone, or a mapping that names
        one by `kind` or `use`, or as Hydra and Lightning do.
        """
        empty = Mapping((), node.span)
        if isinstance(node, Listing):
            phases = Entry(Scalar("of", node.span), node)
            return self._recipe(KINDS["sequence"], Mapping((phases,), node.span), node.span)
        if is_null(node):
            raise Fault("a schedule is missing here", help="write `cosine`, or `{kind: cosine}`", code="missing-value")
        if isinstance(node, Scalar):
            return self._use(node, empty) if is_path(node.text) else self._kind(node, empty)
        if naming := [entry for entry in node if entry.key.text in NAMING]:
            return self._of_framework(node, naming[0])
        kind = node.get("kind")
        if kind is None or is_null(kind):
            raise Fault(
                "a schedule needs `kind`", help="add `kind: cosine`; `lrplot kinds` lists all", code="missing-field"
            )
        return self._kind(kind, node)

    def _of_framework(self, node: Mapping, naming: Entry) -> Recipe:
        """A framework's scheduler, named by the entry `naming`."""
        for entry in node:
            if entry.key.text in (*NAMING, "kind") and entry is not naming:
                message = f"`{entry.key.text}` and `{naming.key.text}` both name the schedule"
                self.report.error("conflict", message, entry.key.span, "keep one of them")
        inner = node.get("init_args") if naming.key.text == "class_path" else None
        dropped = {*NAMING, *HYDRA, "kind"}
        entries = [entry for entry in node if entry.key.text not in dropped and entry.value is not inner]
        repeated = node.repeated
        if isinstance(inner, Mapping):
            entries += inner.entries
            repeated += inner.repeated
        elif inner is not None and not is_null(inner):
            raise Fault(f"`init_args` must be a mapping, not {describe(inner)}", code="bad-type").at(inner.span)
        return self._use(naming.value, Mapping(tuple(entries), node.span, repeated))

    def _use(self, path: Node, node: Mapping) -> Recipe:
        if not isinstance(path, Scalar):
            message = f"a scheduler must be named, such as `torch.StepLR`, not {describe(path)}"
            raise Fault(message, code="bad-type").at(path.span)
        try:
            definition = find(path.text)
        except Fault as fault:
            fault.at(path.span)
            raise
        return self._recipe(definition, node, path.span)

    def _kind(self, name: Node, node: Mapping) -> Recipe:
        if not isinstance(name, Scalar):
            raise Fault(f"`kind` must be a name, not {describe(name)}", code="bad-type").at(name.span)
        if name.text not in KINDS:
            help = did_you_mean(name.text, KINDS)
            raise Fault(f"there is no kind `{name.text}`", code="unknown-kind", help=help).at(name.span)
        return self._recipe(KINDS[name.text], node, name.span)

    def _recipe(self, definition: Definition, node: Mapping, place: Span) -> Recipe:
        fields = (*definition.fields, *definition.shared_fields)
        return Recipe(definition, self.arguments(f"`{definition.name}`", fields, node, place, "kind"))


def _read_schedule(binder: SpecBinder, type_: ft.Nested, node: Node, what: str) -> Quantity:
    return Constant(binder.schedule(node))


def _read_parameter(binder: SpecBinder, type_: ft.Parameter, node: Node, what: str) -> Quantity:
    """A schedule; a number is a constant one."""
    if isinstance(node, Scalar) and node.text not in KINDS:
        if read_fraction(node, what, type_) < 0:
            raise negative(what, node.text)
        constant = {"kind": Scalar("constant", node.span), "value": Scalar(node.text, node.span)}
        node = Mapping(tuple(Entry(Scalar(key, node.span), value) for key, value in constant.items()), node.span)
    return Constant(binder.schedule(node))


def _read_groups(binder: SpecBinder, type_: ft.Groups, node: Node, what: str) -> Quantity:
    """By group name, the record of what the group overrides and the key."""
    if not isinstance(node, Mapping):
        raise Fault(f"{what} must be a mapping, not {describe(node)}", help="write `head: {lr: 1e-3}`", code="bad-type")
    record = ft.Record(type_.type)
    return Constant(
        {entry.key.text: (binder.value(record, entry.value, f"group `{entry.key.text}`"), entry.key) for entry in node}
    )


SpecBinder.readers = {
    **READERS,
    ft.Nested: _read_schedule,
    ft.Parameter: _read_parameter,
    ft.Groups: _read_groups,
}
