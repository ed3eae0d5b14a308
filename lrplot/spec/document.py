"""The keys of a spec."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from lrplot.curves.roles import Role
from lrplot.lazy import dataclass
from lrplot.runs.timebase import UNITS
from lrplot.schema.annotations import FlagField
from lrplot.schema.recipe import Recipe
from lrplot.schema.types import Count, Groups, Moment, Nested, Number, Parameter, Record, Table, Text, Value

WholeField = Annotated[int | None, Count()]
ParameterField = Annotated[Recipe | None, Parameter()]
OverrideField = Annotated[Recipe | None, Nested()]

LENGTHS = UNITS
CONVERSIONS = (
    "steps_per_epoch",
    "dataset_size",
    "batch_size",
    "per_device_batch_size",
    "devices",
    "accumulate",
    "tokens_per_step",
    "sequence_length",
)
EDITORS = "$schema"  # a key for editors: the JSON Schema of the file
PARAMETERS = ("momentum", "weight_decay", "beta1", "beta2")


@dataclass(eq=False)
class Group:
    """A parameter group: what it overrides.

    Args:
        lr: its base learning rate
        schedule: its own schedule
        start: when its schedule begins, as a time of the run; until then its learning rate is 0
        momentum: its own momentum
        weight_decay: its own weight decay
        beta1: its own first Adam coefficient
        beta2: its own second Adam coefficient
    """

    lr: Annotated[float | None, Value()] = None
    schedule: OverrideField = None
    start: Annotated[int, Moment(), Role.DELAY] = 0
    momentum: ParameterField = None
    weight_decay: ParameterField = None
    beta1: ParameterField = None
    beta2: ParameterField = None


@dataclass(eq=False)
class LayerDecay:
    """Layer-wise learning rates: the topmost layer has the run's, each layer `decay` times that of the next one.

    Args:
        layers: number of layers
        decay: factor from a layer to the one below it
        head: how many layers the group `head` lies above the last layer; no such group if absent
        embeddings: how many layers the group `embeddings` lies below the first layer; no such group if absent
    """

    layers: Annotated[int, Count()]
    decay: Annotated[float, Number(above=0, at_most=1)]
    head: WholeField = None
    embeddings: WholeField = None

    @property
    def depths(self) -> dict[str, int]:
        """The layers that each group lies below the topmost one, from the bottom up."""
        top = self.head or 0
        depths = {f"layer_{i}": top + self.layers - i for i in range(1, self.layers + 1)}
        if self.embeddings is not None:
            depths = {"embeddings": top + self.layers - 1 + self.embeddings, **depths}
        return depths if self.head is None else {**depths, "head": 0}


@dataclass(eq=False)
class Document:
    """A spec.

    Args:
        schedule: the learning rate's schedule: a kind, a mapping with `kind`, or a list of phases
        name: the run's name; the file's name if absent
        source: the paper or code that its numbers come from
        lr: the base learning rate
        steps: length of the run in updates
        epochs: length of the run in epochs
        samples: length of the run in samples
        tokens: length of the run in tokens
        steps_per_epoch: updates per epoch
        dataset_size: samples per epoch
        batch_size: samples per update, on all devices and in all accumulated batches together
        per_device_batch_size: samples in a batch of one device
        devices: number of devices
        accumulate: batches accumulated into one update
        drop_last: drop the partial batch at the end of an epoch
        tokens_per_step: tokens per update
        sequence_length: tokens in a sample
        interval: `epoch` evaluates every schedule at the start of each epoch only
        scheduler_steps_per_update: how many times the scheduler is stepped per optimizer update, for example
            once per process
        momentum: SGD momentum
        weight_decay: weight decay
        beta1: Adam's first coefficient
        beta2: Adam's second coefficient
        groups: parameter groups, and what each one overrides
        layer_decay: a group for each layer, with its own learning rate
        accept: findings of `lrplot check` that are intended, as code: reason
    """

    schedule: Annotated[Recipe, Nested()]
    name: Annotated[str | None, Text()] = None
    source: Annotated[str | None, Text()] = None
    lr: Annotated[float | None, Number(at_least=0, percent=False)] = None
    steps: WholeField = None
    epochs: Annotated[float | None, Number(above=0, percent=False)] = None
    samples: WholeField = None
    tokens: WholeField = None
    steps_per_epoch: WholeField = None
    dataset_size: WholeField = None
    batch_size: WholeField = None
    per_device_batch_size: WholeField = None
    devices: WholeField = None
    accumulate: WholeField = None
    drop_last: FlagField = False
    tokens_per_step: WholeField = None
    sequence_length: WholeField = None
    interval: Literal["step", "epoch"] = "step"
    scheduler_steps_per_update: Annotated[int, Count()] = 1
    momentum: ParameterField = None
    weight_decay: ParameterField = None
    beta1: ParameterField = None
    beta2: ParameterField = None
    groups: Annotated[Mapping[str, Any] | None, Groups(Group)] = None
    layer_decay: Annotated[LayerDecay | None, Record(LayerDecay)] = None
    accept: Annotated[Mapping[str, str] | None, Table(Text(), Text())] = None
