"""Schedules in a spec: by kind, by a framework's name, as a list of phases."""

from __future__ import annotations

from lrplot.diagnostics import Fault
from lrplot.frameworks import find, is_path
from lrplot.kinds import KINDS
from lrplot.schema import types as ft
from lrplot.schema.binder import Binder, is_null
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.readers import READERS, read_fraction
from lrplot.schema.recipe import Recipe
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.wording import did_you_mean

# What frameworks call a field, where that is nothing like its name here.
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
HYDRA = ("_partial_", "_convert_", "_recursive_")  # how Hydra builds the object, not what it is


class SpecBinder(Binder):
    """Reads the mappings of a spec, schedules among them."""

    synonyms = SYNONYMS

    def schedule(self, node: Node) -> Recipe:
        """A schedule in any of its forms; a `Fault` if its kind is not known."""
        if isinstance(node, Listing):
            return self._native("sequence", Mapping((_entry_of("of", node),), node.span), node)
        if is_null(node):
            raise Fault("a schedule is missing here", help="write `cosine`, or `{kind: cosine}`", code="missing-value")
        if isinstance(node, Scalar):
            if is_path(node.text):
                return self._use(node, Mapping((), node.span))
            return self._native(node.text, Mapping((), node.span), node)
        if scheduler := self._of_framework(node):
            return scheduler
        kind = node.get("kind")
        if kind is None or is_null(kind):
            raise Fault(
                "a schedule needs `kind`", help="add `kind: cosine`; `lrplot kinds` lists all", code="missing-field"
            )
        if not isinstance(kind, Scalar):
            raise _fault_at(kind, "bad-type", f"`kind` must be a name, not {describe(kind)}")
        return self._native(kind.text, node, kind)

    def _of_framework(self, node: Mapping) -> Recipe | None:
        """A framework's scheduler, named by `use` or as Hydra and Lightning do; None for a native kind."""
        named = [entry for entry in node if entry.key.text in NAMING]
        if not named:
            return None
        for other in [entry for entry in node if entry.key.text in (*NAMING, "kind")]:
            if other is not named[0]:
                message = f"`{other.key.text}` and `{named[0].key.text}` both say what the schedule is"
                self.report.error("conflict", message, other.key.span, "keep one of them")
        path, dropped = named[0], {*NAMING, *HYDRA, "kind"}
        inner = node.get("init_args") if path.key.text == "class_path" else None
        entries = [entry for entry in node if entry.key.text not in dropped and entry.value is not inner]
        if isinstance(inner, Mapping):
            entries += inner.entries
        elif inner is not None and not is_null(inner):
            raise _fault_at(inner, "bad-type", f"`init_args` must be a mapping, not {describe(inner)}")
        repeated = (*node.repeated, *(inner.repeated if isinstance(inner, Mapping) else ()))
        return self._use(path.value, Mapping(tuple(entries), node.span, repeated))

    def _use(self, path: Node, node: Mapping) -> Recipe:
        if not isinstance(path, Scalar):
            raise _fault_at(path, "bad-type", f"a scheduler must be named, as torch.StepLR, not by {describe(path)}")
        try:
            definition = find(path.text)
        except Fault as fault:
            fault.span = path.span
            raise
        fields = (*definition.fields, *definition.shared_fields)
        arguments = self.arguments(f"`{definition.name}`", fields, node, path.span, "kind")
        return Recipe(definition, arguments, path.span)

    def _native(self, name: str, node: Mapping, place: Node) -> Recipe:
        if name not in KINDS:
            raise _fault_at(place, "unknown-kind", f"there is no kind `{name}`", did_you_mean(name, KINDS))
        definition = KINDS[name]
        fields = (*definition.fields, *definition.shared_fields)
        arguments = self.arguments(f"`{name}`", fields, node, place.span, "kind")
        return Recipe(definition, arguments, place.span)


def _entry_of(name: str, node: Node) -> Entry:
    return Entry(Scalar(name, node.span), node)


def _fault_at(node: Node, code: str, message: str, help: str | None = None) -> Fault:
    fault = Fault(message, code=code, help=help)
    fault.span = node.span
    return fault


def _read_schedule(binder: SpecBinder, type_: ft.Nested, node: Node, what: str) -> Quantity:
    return Constant(binder.schedule(node))


def _read_parameter(binder: SpecBinder, type_: ft.Parameter, node: Node, what: str) -> Quantity:
    if isinstance(node, Scalar) and node.text not in KINDS:
        read_fraction(node, what, type_)
        entries = {"kind": "constant", "value": node.text}
        node = Mapping(
            tuple(Entry(Scalar(key, node.span), Scalar(text, node.span)) for key, text in entries.items()), node.span
        )
    return Constant(binder.schedule(node))


def _read_groups(binder: SpecBinder, type_: ft.Groups, node: Node, what: str) -> Quantity:
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
