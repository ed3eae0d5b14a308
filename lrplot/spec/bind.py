"""Nodes to quantities: each field's value read as its type says, every fault collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lrplot.diagnostics import AlreadyReported, Diagnostics, Fault
from lrplot.frameworks import find, is_path
from lrplot.registry import did_you_mean
from lrplot.schedules import fields as ft
from lrplot.schedules.fields import REQUIRED, Field, FieldType
from lrplot.schedules.frame import Frame
from lrplot.schedules.kinds import KINDS
from lrplot.schedules.quantities import Constant
from lrplot.spec.arguments import Argument, Arguments
from lrplot.spec.call import Call
from lrplot.spec.readers import READERS
from lrplot.spec.scalars import NULL
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar, describe, shorten


class Invalid:
    """Stands for a value whose fault has been reported."""

    def resolve(self, frame: Frame) -> Any:
        """Stop whatever depends on it."""
        raise AlreadyReported


INVALID = Invalid()

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


class Binder:
    """Reads nodes by schema; faults go to `report`, paths are relative to `folder`."""

    def __init__(self, report: Diagnostics, folder: Path) -> None:
        self.report = report
        self.folder = folder

    def arguments(self, owner: str, fields: tuple[Field, ...], node: Mapping, kind: Node | None = None) -> Arguments:
        """The fields of a mapping; unknown, missing and ill-typed ones are reported.

        `kind` is where a schedule's kind is named.
        """
        place = kind.span if kind else node.span
        known = {field.name: field for field in fields}
        given: dict[str, Argument] = {}
        for entry in node:
            name = entry.key.text
            if name in known:
                field = known[name]
                if argument := self._entry(field, entry):
                    given[field.parameter] = argument
            elif kind is None or name != "kind":
                self._unknown(owner, entry, [*known, *(["kind"] if kind else [])])
        for entry in node.repeated:
            self._repeated(entry, node)
        for field in fields:
            if field.default is REQUIRED and field.parameter not in given:
                self.report.error("missing-field", f"{owner} needs `{field.name}`", place, _example(field))
                given[field.parameter] = Argument(INVALID, place)
        return Arguments(fields, given, place, self.report)

    def _unknown(self, owner: str, entry: Entry, known: list[str]) -> None:
        name = entry.key.text
        if self.report.full:
            help = None  # it will not be shown
        elif name == "<<":
            help = "merge keys are not part of YAML 1.2: write the fields out"
        elif SYNONYMS.get(name) in known:
            help = f"it is called `{SYNONYMS[name]}` here"
        else:
            help = did_you_mean(name, known)
        self.report.error("unknown-field", f"{owner} has no field `{shorten(name)}`", entry.key.span, help)

    def _repeated(self, entry: Entry, node: Mapping) -> None:
        name = entry.key.text
        lines = [each.key.span.line for each in node if each.key.text == name]
        first = f", first on line {lines[0] + 1}" if lines and lines[0] is not None else ""
        message = f"`{shorten(name)}` is given twice{first}"
        self.report.error("duplicate-key", message, entry.key.span, "keep one of them")

    def _entry(self, field: Field, entry: Entry) -> Argument | None:
        """A field's argument; None where `null` leaves an optional field out."""
        if not _is_null(entry.value):
            return self.value(field.type, entry.value, f"`{field.name}`")
        if field.default is None:
            return None
        if isinstance(field.type, ft.Record):  # one that has a default can be done without
            return Argument(Constant(None), entry.value.span)
        self.report.error("missing-value", f"`{field.name}` has no value", entry.key.span, _example(field))
        return Argument(INVALID, entry.key.span)

    def value(self, type_: FieldType, node: Node, what: str) -> Argument:
        """One value and its place; INVALID once its fault is reported."""
        try:
            return Argument(READERS[type(type_)](self, type_, node, what), node.span)
        except Fault as fault:
            self.report.fault(fault, node.span)
            return Argument(INVALID, node.span)

    def schedule(self, node: Node) -> Call:
        """A schedule in any of its forms; a `Fault` if its kind is not known."""
        if isinstance(node, Listing):
            return self._call("sequence", Mapping((_entry_of("of", node),), node.span), node)
        if _is_null(node):
            raise Fault("a schedule is missing here", help="write `cosine`, or `{kind: cosine}`", code="missing-value")
        if isinstance(node, Scalar):
            if is_path(node.text):
                return self._use(node, Mapping((), node.span))
            return self._call(node.text, Mapping((), node.span), node)
        if dialect := self._dialect(node):
            return dialect
        kind = node.get("kind")
        if kind is None or _is_null(kind):
            raise Fault(
                "a schedule needs `kind`", help="add `kind: cosine`; `lrplot kinds` lists all", code="missing-field"
            )
        if not isinstance(kind, Scalar):
            raise _fault_at(kind, "bad-type", f"`kind` must be a name, not {describe(kind)}")
        return self._call(kind.text, node, kind)

    def _dialect(self, node: Mapping) -> Call | None:
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
        elif inner is not None and not _is_null(inner):
            raise _fault_at(inner, "bad-type", f"`init_args` must be a mapping, not {describe(inner)}")
        repeated = (*node.repeated, *(inner.repeated if isinstance(inner, Mapping) else ()))
        return self._use(path.value, Mapping(tuple(entries), node.span, repeated))

    def _use(self, path: Node, node: Mapping) -> Call:
        if not isinstance(path, Scalar):
            raise _fault_at(path, "bad-type", f"a scheduler must be named, as torch.StepLR, not by {describe(path)}")
        try:
            kind = find(path.text)
        except Fault as fault:
            fault.span = path.span
            raise
        arguments = self.arguments(f"`{kind.name}`", (*kind.fields, *kind.shared_fields), node, path)
        return Call(kind, arguments, self.report, path.span)

    def _call(self, name: str, node: Mapping, place: Node) -> Call:
        if name not in KINDS:
            raise _fault_at(place, "unknown-kind", f"there is no kind `{name}`", did_you_mean(name, KINDS))
        kind = KINDS[name]
        own, shared = kind.fields, kind.shared_fields
        arguments = self.arguments(f"`{name}`", (*own, *shared), node, place)
        return Call(kind, arguments, self.report, place.span)


def _entry_of(name: str, node: Node) -> Entry:
    return Entry(Scalar(name, node.span), node)


def _fault_at(node: Node, code: str, message: str, help: str | None = None) -> Fault:
    fault = Fault(message, code=code, help=help)
    fault.span = node.span
    return fault


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.quoted and node.text in NULL


def _example(field: Field) -> str:
    return f"add `{field.name}: {ft.example(field.type)}`" + (f" ({field.help})" if field.help else "")
