"""kohya's sd-scripts as TOML or flags, and the JSON of its user interface kohya_ss."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Many, Number, Text
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, find, missing
from lrplot.trainers.shared.precision import Precision

MARKS = (
    "network_module",
    "LoRA_type",
    "lr_scheduler_num_cycles",
    "max_train_epochs",
    "max_token_length",
    "cache_latents",
    "clip_skip",
    "bucket_reso_steps",
    "save_every_n_epochs",
    "network_dim",
    "unet_lr",
    "text_encoder_lr",
    "optimizer_type",
    "lr_scheduler",
    "lr_warmup",
    "lr_warmup_steps",
    "max_train_steps",
    "train_batch_size",
    "pretrained_model_name_or_path",
)
SURELY = MARKS[:10]
OF_INTERFACE = ("LoRA_type", "lr_warmup")  # keys of the user interface alone
ABSOLUTE = "25"  # the release since which the interface hands a share of the run over, not updates
DEFAULT_STEPS = 1600
DEFAULT_RATE = 2e-6
CYCLES = {"cosine_with_restarts": 1.0, "cosine_with_min_lr": 0.5, "warmup_stable_decay": 0.5}  # of one counted cycle
FLOORS = {"cosine_with_min_lr": "min_lr_rate", "warmup_stable_decay": "min_lr_ratio"}
WITHOUT_WARMUP = ("constant", "piecewise_constant")
ADAPTIVE = ("prodigy", "dadapt")  # how optimizers' names begin that find their step size themselves
RateField = Annotated[float | None, Number(at_least=0), Role.PEAK]
ShareField = Annotated[float | None, Number(at_least=0), Role.WARMUP]
LengthField = Annotated[int | None, Count(at_least=0), Role.HORIZON]


@record
class Arguments:
    """The arguments that determine the schedule; from `epoch` on, those of the user interface.

    Args:
        learning_rate: the learning rate
        unet_lr: that of the image model's network
        text_encoder_lr: that of the text encoder's network, or of each of several
        network_train_unet_only: train no text encoder
        network_train_text_encoder_only: train text encoders alone
        lr_scheduler: the schedule's short name
        lr_scheduler_type: a class of torch's, instead
        lr_scheduler_args: its arguments, such as `T_max=100`
        lr_scheduler_num_cycles: falls of a cosine
        lr_scheduler_power: exponent of a polynomial
        lr_scheduler_timescale: of inverse_sqrt, in updates
        lr_scheduler_min_lr_ratio: the least value as a share of the learning rate
        lr_warmup_steps: updates of the warmup; a number with a fraction is a share of the run
        lr_decay_steps: updates of the decay, likewise
        max_train_steps: updates of the run
        max_train_epochs: epochs of the run, whatever `max_train_steps` says
        train_batch_size: images in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        optimizer_type: the optimizer
        optimizer_args: its arguments
        epoch: epochs of the run, if `max_train_steps` is 0
        lr_warmup: the warmup in percent of the run
        optimizer: the optimizer
        reg_data_dir: images for regularization, with which a run is twice as long
        dataset_config: a file that describes the images
    """

    learning_rate: RateField = None
    unet_lr: RateField = None
    text_encoder_lr: Annotated[tuple[float, ...], Many(Number(at_least=0), single=True)] = ()
    network_train_unet_only: Annotated[bool, Flag()] = False
    network_train_text_encoder_only: Annotated[bool, Flag()] = False
    lr_scheduler: Annotated[str, Text(), Role.CURVE] = "constant"
    lr_scheduler_type: Annotated[str | None, Text(), Role.CURVE] = None
    lr_scheduler_args: Annotated[tuple[str, ...], Many(Text(), single=True)] = ()
    lr_scheduler_num_cycles: Annotated[int | None, Count(), Role.CYCLE_COUNT] = None
    lr_scheduler_power: Annotated[float, Number()] = 1.0
    lr_scheduler_timescale: Annotated[int | None, Count()] = None
    lr_scheduler_min_lr_ratio: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    lr_warmup_steps: ShareField = None
    lr_decay_steps: Annotated[float | None, Number(at_least=0), Role.DECAY] = None
    max_train_steps: LengthField = None
    max_train_epochs: LengthField = None
    train_batch_size: Annotated[int, Count(), Role.CURVE] = 1
    gradient_accumulation_steps: Annotated[int, Count(), Role.CURVE] = 1
    optimizer_type: Annotated[str, Text()] = ""
    optimizer_args: Annotated[tuple[str, ...], Many(Text(), single=True)] = ()
    epoch: LengthField = None
    lr_warmup: ShareField = None
    optimizer: Annotated[str, Text()] = ""
    reg_data_dir: Annotated[str, Text()] = ""
    dataset_config: Annotated[str, Text()] = ""


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


def told(document: Mapping) -> str:
    """The release of the user interface that wrote a file, as far as its keys tell."""
    by_interface = any(document.get(key) is not None for key in OF_INTERFACE)
    return "24" if by_interface and document.get("lr_warmup_steps") is None else ""


@trainer(
    "kohya",
    marks=MARKS,
    least=3,
    surely=SURELY,
    sections=True,
    versions=("24", ABSOLUTE),
    told=told,
    extends=("transformers",),
    precision=Precision(named=("mixed_precision",)),
)
def sd_scripts_config(config: Config, arguments: ArgumentsField) -> Content:
    """Kohya config: sd-scripts' TOML or flags, or the JSON of its user interface kohya_ss.

    accelerate steps the scheduler once per process at each update, and the run's length counts all of these steps.
    `dataset_size` is the number of images, each counted as often as it is repeated.

    Source: sd-scripts, library/train_util.py, get_scheduler_fix; train_network.py;
        kohya_ss, kohya_gui/lora_gui.py, common_gui.py, resolve_lr_warmup_steps
    """
    name = (arguments.optimizer_type or arguments.optimizer).lower()
    steps, per_epoch = length(config, arguments)
    rate, groups = rates(config, arguments)
    check_optimizer(config, name, arguments)
    processes = config.fact("devices") or 1
    schedule: Content = {"kind": "constant"}
    if not name.endswith("schedulefree"):
        schedule = scheduler(config, arguments, steps, processes)
    return {
        "steps": config.at(steps, "steps", "max_train_epochs", "max_train_steps", "epoch"),
        "steps_per_epoch": per_epoch,
        "batch_size": arguments.train_batch_size * arguments.gradient_accumulation_steps * processes,
        "scheduler_steps_per_update": processes if processes > 1 else None,
        "lr": rate,
        "groups": groups or None,
        "schedule": schedule,
    }


def is_interface_s(config: Config) -> bool:
    """Whether the user interface wrote the file."""
    return any(find(config.root, key) is not None or config.root.get(key) is not None for key in OF_INTERFACE)


def length(config: Config, arguments: Arguments) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    per_epoch = updates_per_epoch(config, arguments)
    if (given := config.fact("steps")) is not None:
        return given, per_epoch
    epochs, limit = arguments.max_train_epochs, arguments.max_train_steps
    if not epochs and limit:
        return limit, per_epoch
    folders = is_interface_s(config) and not arguments.dataset_config
    if not epochs and not folders:
        config.derivation.append(f"nothing names the run's length: {DEFAULT_STEPS:,} updates, the default")
        return DEFAULT_STEPS, per_epoch
    if epochs and limit:
        message = f"`max_train_epochs` is {epochs:,}, so `max_train_steps` is ignored"
        config.remark("note", "ignored-key", message, "max_train_steps", "remove one of them")
    if per_epoch is None:
        raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), ("dataset_size",))
    images = config.fact("dataset_size")
    if not epochs and images is not None and config.fact("steps_per_epoch") is None:
        return counted(config, arguments, images), per_epoch
    epochs = epochs or arguments.epoch or 1
    config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} updates = {epochs * per_epoch:,} updates")
    return epochs * per_epoch, per_epoch


def counted(config: Config, arguments: Arguments, images: int) -> int:
    """Updates of a run as the user interface counts them, which rounds once and knows no processes."""
    batch, accumulated = arguments.train_batch_size, arguments.gradient_accumulation_steps
    epochs, factor = arguments.epoch or 1, factor_of(config, arguments)
    steps = ceil(images / batch / accumulated * epochs * factor)
    config.derivation.append(
        f"{images:,} images ÷ {batch:,} a batch ÷ {accumulated:,} accumulated × {epochs:,} epochs × {factor} "
        f"= {steps:,} updates"
    )
    return steps


def factor_of(config: Config, arguments: Arguments) -> int:
    """The factor by which the user interface lengthens a run: 2 with images for regularization."""
    return 2 if is_interface_s(config) and arguments.reg_data_dir else 1


def updates_per_epoch(config: Config, arguments: Arguments) -> int | None:
    """Updates of an epoch: a fact, or from the number of images."""
    given, images = config.fact("steps_per_epoch"), config.fact("dataset_size")
    if given is not None or images is None:
        return given
    images *= factor_of(config, arguments)
    processes, batch = config.fact("devices") or 1, arguments.train_batch_size
    updates = ceil(ceil(images / batch) / processes / arguments.gradient_accumulation_steps)
    config.derivation.append(
        f"{images:,} images ÷ {batch:,} a batch ÷ {processes:,} processes "
        f"÷ {arguments.gradient_accumulation_steps:,} accumulated = {updates:,} updates per epoch, if one size fits all"
    )
    return updates


def rates(config: Config, arguments: Arguments) -> tuple[Node, dict[str, Any]]:
    """The learning rate, and those of parts that have another one."""
    usual, unet, texts = arguments.learning_rate, arguments.unet_lr, arguments.text_encoder_lr
    only_unet, only_text = arguments.network_train_unet_only, arguments.network_train_text_encoder_only
    if is_interface_s(config):  # where 0 stands for none
        only_unet, only_text = bool(unet) and not any(texts), any(texts) and not unet
        unet, texts = unet or None, tuple(each for each in texts if each)
    elif usual is None:
        usual = DEFAULT_RATE
    parts: list[tuple[str, float | None, str]] = []
    if not only_text:
        parts.append(("", unet if unet is not None else usual, "unet_lr" if unet is not None else "learning_rate"))
    if not only_unet:
        place = "text_encoder_lr" if texts else "learning_rate"
        names = (
            (f"text_encoder_{number}" for number in range(1, len(texts) + 1)) if len(texts) > 1 else ("text_encoder",)
        )
        parts += [(name, each, place) for name, each in zip(names, texts or (usual,), strict=True)]
    trained = [(name, config.at(each, place), each) for name, each, place in parts if each]  # 0: not trained
    if not trained:
        raise missing("the learning rate", ("learning_rate",))
    (_, first, rate), *others = trained
    return first, {name: {"lr": node} for name, node, each in others if each != rate}


def check_optimizer(config: Config, name: str, arguments: Arguments) -> None:
    """Add to the derivation what an optimizer makes of its learning rate; a `Fault` if it has one of its own."""
    given = " ".join(arguments.optimizer_args).replace(" ", "").lower()
    place = "optimizer_type" if config.node("optimizer_type") else "optimizer"
    if name == "adafactor" and ("relative_step=false" not in given or "warmup_init=true" in given):
        message = "Adafactor sets the learning rate by itself unless `relative_step=False` is among its arguments"
        raise Fault(message, field=place, code="undetermined", help="write its schedule as a spec")
    if name.startswith(ADAPTIVE):
        config.derivation.append(f"{name} finds its step size itself: the learning rate is a factor of it")


def warmup(config: Config, arguments: Arguments, steps: int, processes: int) -> tuple[int, str]:
    """Steps of the warmup, in those of the scheduler, and the key that gives them."""
    stated, percent = arguments.lr_warmup_steps, arguments.lr_warmup
    if not is_interface_s(config):
        return parted(config, "lr_warmup_steps", stated, steps * processes), "lr_warmup_steps"
    if stated:
        if percent:
            message = f"`lr_warmup_steps` is {stated:g}, so `lr_warmup` is ignored"
            config.remark("note", "ignored-key", message, "lr_warmup", "remove one of them")
        return int(stated), "lr_warmup_steps"
    if not percent:
        return 0, "lr_warmup"
    absolute = not config.since(ABSOLUTE) or (arguments.dataset_config and arguments.max_train_steps)
    count = round(percent * steps / 100) if absolute else int(percent / 100 * (steps * processes))
    config.derivation.append(f"{percent:g} % of the run as warmup: {count:,} steps of the scheduler")
    return count, "lr_warmup"


def parted(config: Config, key: str, value: float | None, total: int) -> int:
    """A number of steps; one that is written with a fraction is a share of the scheduler's `total`."""
    node = config.node(key)
    if value is None or not isinstance(node, Scalar):
        return 0
    is_share = value < 1 or not node.text.replace("_", "").lstrip("+").isdecimal()
    return int(value * total) if is_share else int(value)


def scheduler(config: Config, arguments: Arguments, steps: int, processes: int) -> Content:
    """The schedule of a run of `steps` updates."""
    total = steps * processes
    long, key = warmup(config, arguments, steps, processes)
    further = keywords(config)
    name, at = arguments.lr_scheduler, "lr_scheduler"
    torch_s = arguments.lr_scheduler_type
    if long and (torch_s or name in WITHOUT_WARMUP):
        message = f"ValueError: {torch_s or name} does not require `num_warmup_steps`. Set None or 0."
        raise Fault(message, field=key, help="remove the warmup, or name `constant_with_warmup`")
    if torch_s:
        use = torch_s if "." in torch_s else f"torch.{torch_s}"
        return {"use": config.at(use, "lr_scheduler_type"), **further}
    if name == "piecewise_constant":
        return {"use": config.at("diffusers.get_piecewise_constant_schedule", at), **further}
    if name.startswith("adafactor"):
        message = "`adafactor` sets the learning rate by itself"
        raise Fault(message, field=at, code="undetermined", help="write its schedule as a spec")
    if (cycles := arguments.lr_scheduler_num_cycles) is None:
        cycles = arguments.epoch if is_interface_s(config) and arguments.epoch else 1
    given: Content = {}
    if name in CYCLES:
        given["num_cycles"] = config.at(cycles * CYCLES[name], "lr_scheduler_num_cycles")
    if name in FLOORS:
        given[FLOORS[name]] = config.node("lr_scheduler_min_lr_ratio")
    if name == "polynomial":
        given["power"] = config.at(arguments.lr_scheduler_power, "lr_scheduler_power")
    if name == "inverse_sqrt":
        given["timescale"] = config.node("lr_scheduler_timescale")
    if name == "warmup_stable_decay":
        down = parted(config, "lr_decay_steps", arguments.lr_decay_steps, total)
        given["num_decay_steps"] = config.at(down, "lr_decay_steps")
        given["num_stable_steps"] = config.at(total - long - down, "lr_decay_steps")
    return {
        "use": config.at("transformers.get_scheduler", at),
        "name": config.at(name, at),
        "num_warmup_steps": config.at(long, key),
        "num_training_steps": config.at(total, "steps", "max_train_steps", "max_train_epochs"),
        "scheduler_specific_kwargs": {**given, **further} or None,
    }


def keywords(config: Config) -> Content:
    """The arguments in `lr_scheduler_args`, such as `T_max=100 eta_min=1e-6`."""
    node = config.node("lr_scheduler_args")
    items = node.items if isinstance(node, Listing) else (node,)
    words = [(word, item) for item in items if isinstance(item, Scalar) for word in item.text.split()]
    pairs = ((word.strip("\"',").partition("="), item) for word, item in words)
    return {name: Scalar(value, item.span) for (name, _, value), item in pairs if value}
