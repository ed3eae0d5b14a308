"""Schedules in a spec: by kind, by a framework's name, or as a list of phases."""

from __future__ import annotations

from functools import partial

from lrplot.diagnostics import Fault, Span
from lrplot.frameworks import find, framework, frameworks, is_path
from lrplot.kinds import KINDS
from lrplot.schema import types as ft
from lrplot.schema.binder import Binder, is_null, share_of_run
from lrplot.schema.definition import Definition
from lrplot.schema.fields import fields_of
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.readers import READERS, negative, read_fraction
from lrplot.schema.recipe import Recipe
from lrplot.schema.scalars import read_number
from lrplot.spec.document import Document
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.wording import cut, one_of, swap_of

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
    **dict.fromkeys(("type", "name", "scheduler", "lr_scheduler_type", "policy", "sched"), "kind"),
    **dict.fromkeys(("lr_scheduler", "lr_schedule", "param_scheduler", "lr_config"), "kind"),
}

MOST_SCHEDULES = 2_000  # in a spec, phases and factors included

TOP_LEVEL = {field.name for field in fields_of(Document)} - {"schedule"}
NAMING = ("use", "_target_", "class_path")
HYDRA = ("_partial_", "_convert_", "_recursive_")  # keys for Hydra itself, not arguments


class SpecBinder(Binder):
    """Reads the mappings of a spec, schedules among them."""

    synonyms = SYNONYMS
    schedules = 0  # read so far

    def schedule(self, node: Node) -> Recipe:
        """A schedule in any of its forms; a `Fault` if its kind is not known.

        It is a list of phases, a kind or a framework's scheduler by its name alone, or a mapping that names
        one by `kind` or `use`, or as Hydra and Lightning do.
        """
        empty = Mapping((), node.span)
        if isinstance(node, Listing):
            if fault := _not_phases(node):
                raise fault
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
            raise _unnamed(node)
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
            from lrplot.spec.search import advice  # only for an error

            is_number = read_number(name.text) is not None
            help = f"a constant is `{{kind: constant, value: {name.text}}}`" if is_number else advice(name.text)
            message, swap = f"there is no kind `{cut(name.text)}`", swap_of(name.text, KINDS)
            raise Fault(message, code="unknown-kind", help=help, swap=swap).at(name.span)
        return self._recipe(KINDS[name.text], node, name.span)

    def _recipe(self, definition: Definition, node: Mapping, place: Span) -> Recipe:
        self.schedules += 1
        if self.schedules > MOST_SCHEDULES:
            help = "put values of single steps in a `table`"
            self.report.error("too-large", f"a spec has at most {MOST_SCHEDULES:,} schedules", place, help)
            self.report.raise_any()
        fields = (*definition.fields, *definition.shared_fields)
        arguments = self.arguments(
            f"`{definition.name}`",
            fields,
            node,
            place,
            "kind",
            advice=partial(_elsewhere, definition),
            listing=f"lrplot kinds {definition.name}",
        )
        return Recipe(definition, arguments)


def of_schedule(entry: Entry) -> str | None:
    """The cure for an unknown key of a spec that is a field of a schedule; None for any other."""
    from lrplot.spec.search import advice  # only for an error

    key = SYNONYMS.get(entry.key.text, entry.key.text)
    value = cut(entry.value.text) if isinstance(entry.value, Scalar) else "…"
    if key == "kind" and not isinstance(entry.value, Scalar):
        return f"write `schedule` for `{entry.key.text}`"
    if key == "kind":
        return f"write `schedule: {value}`" if value in KINDS else f"{advice(value)}, under `schedule`"
    fields = (field for kind in KINDS.values() for field in (*kind.fields, *kind.shared_fields) if field.name == key)
    if field := next(fields, None):
        return f"write `{key}: {share_of_run(field, entry.value) or value}` inside `schedule`, beside `kind`"
    return None


def _elsewhere(definition: Definition, entry: Entry) -> str | None:
    """The cure for an unknown field of a schedule that means something elsewhere; None if it is only misspelt."""
    name = entry.key.text
    if definition.framework and name in framework(definition.framework).left_out:
        return "leave it out: it has no effect on the schedule"
    value = cut(entry.value.text) if isinstance(entry.value, Scalar) else "…"
    for field in definition.fields:
        if field.formerly and field.formerly.name == name:
            return f"write `{field.name}: {value}`: {field.formerly.note}"
    key = SYNONYMS.get(name, name)
    if key in TOP_LEVEL:
        return f"write `{key}: {value}` at the top level of the spec, beside `schedule`"
    return None


def _names_one(key: str) -> bool:
    """Whether a key names the schedule, here or in another program's configs."""
    here = key in ("kind", *NAMING) or SYNONYMS.get(key) == "kind"
    return here or any(each.naming == key for each in frameworks())


def _not_phases(node: Listing) -> Fault | None:
    """The fault of a list that is a framework's own list of schedulers, which all act at once; None for phases."""
    items = [item for item in node.items if isinstance(item, Mapping)]
    keys = {entry.key.text for item in items for entry in item}
    if len(items) < 2 or keys & {"kind", *NAMING}:
        return None
    for each in frameworks():
        if each.together and all(item.get(each.naming) is not None for item in items):
            name = items[0].get(each.naming)
            first = name.text if isinstance(name, Scalar) else "NAME"
            message = f"a list is a sequence of phases; {each.name}'s schedulers act on one optimizer together"
            form = f"{{use: {each.name}.{each.together}, schedulers: [{{use: {each.name}.{first}, …}}, …]}}"
            return Fault(message, help=f"write `{form}`", code="bad-type")
    return None


def _unnamed(node: Mapping) -> Fault:
    """A schedule without `kind`: what names it in another program's config, or what is missing."""
    from lrplot.spec.search import called  # only for an error

    for entry in node:
        key, value = entry.key.text, entry.value
        if isinstance(value, Mapping) and any(_names_one(inner.key.text) for inner in value):
            help = (
                f"write what `{key}` holds; of the keys beside it only `interval: epoch` has a counterpart, inside it"
            )
            message = f"`{key}` is not a field of a schedule: the schedule is what it holds"
            return Fault(message, help=help, code="nested-schedule").at(entry.key.span)
        if isinstance(value, Scalar) and value.text and _names_one(key) and (found := called(value.text)):
            own = [each.name for each in found if each.framework and framework(each.framework).naming == key]
            words = own or [each.name for each in found]
            help = f"write {one_of(f'use: {name}' if is_path(name) else f'kind: {name}' for name in words)}"
            message = f"a schedule is named by `kind` or `use`, not by `{cut(key)}`"
            return Fault(message, help=help, code="missing-field").at(entry.key.span)
    return Fault("a schedule needs `kind`", help="add `kind: cosine`; `lrplot kinds` lists all", code="missing-field")


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
    """The overrides of each group and its key, by the group's name."""
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
