"""The rows of the benchmark: what is measured, against what, and what it may come to."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import Command, Finding, Measure, difference, paired, peak_mib, ratio, told_number, wall_seconds

ROOT = Path(__file__).parent.parent.parent
SIDES = Path(__file__).parent / "sides"
LONG, SHORT = 10**9, 10**3

# Warmup and decay, or cycles, as each framework has them: `n` updates, `e` epochs of 100 updates.
LONG_RUNS: dict[str, Callable[[int, int], Any]] = {
    "cosine": lambda n, e: {"kind": "cosine", "warmup": "1%"},
    "cosine_restarts": lambda n, e: {"kind": "cosine_restarts", "period": 50, "decay": 0.999999},
    "product": lambda n, e: {
        "kind": "product", "of": [{"kind": "cosine", "warmup": "1%"}, {"kind": "polynomial", "power": 2.0}],
    },
    "torch.SequentialLR": lambda n, e: {
        "use": "torch.SequentialLR",
        "schedulers": [
            {"use": "torch.LinearLR", "start_factor": 0.01, "total_iters": n // 100},
            {"use": "torch.CosineAnnealingLR", "T_max": n - n // 100},
        ],
        "milestones": [n // 100],
    },
    "transformers": lambda n, e: {
        "use": "transformers.get_cosine_schedule_with_warmup",
        "num_warmup_steps": n // 100,
        "num_training_steps": n,
    },
    "timm by epochs": lambda n, e: {
        "use": "timm.CosineLRScheduler", "t_initial": e, "warmup_t": 2, "lr_min": 1e-6, "interval": "epoch",
    },
    "keras restarts": lambda n, e: {
        "use": "keras.CosineDecayRestarts", "initial_learning_rate": 0.1, "first_decay_steps": 100,
    },
    "mmengine": lambda n, e: {
        "use": "mmengine.param_scheduler",
        "schedulers": [
            {"use": "mmengine.LinearLR", "start_factor": 0.001, "by_epoch": False, "begin": 0, "end": 50},
            {"use": "mmengine.CosineAnnealingLR", "eta_min": 0.0, "by_epoch": False, "begin": 50, "end": n},
        ],
    },
}  # fmt: skip

TRAINER_ARGUMENTS = {
    "output_dir": "out",
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 4,
    "learning_rate": 2e-5,
    "weight_decay": 0.01,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "max_grad_norm": 1.0,
    "num_train_epochs": 3.0,
    "max_steps": 1500,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 100,
    "logging_steps": 10,
    "save_steps": 500,
    "seed": 42,
    "bf16": True,
    "optim": "adamw_torch",
    "report_to": ["wandb"],
}

# Lines of text logs, as the programs print them.
LINES = {
    "llm.c": "s:{step} trl:{loss:.4f} lr:{rate:.6f} norm:{epoch:.2f}",
    "nanogpt": "step {step:5d} | loss: {loss:.6f} | lr {rate:.4e} | norm: {epoch:.4f} | dt: {loss:.2f}ms",
    "megatron": (
        " iteration {step:8d}/{count:8d} | consumed samples: {step:12d} | elapsed time per iteration (ms): {epoch:.1f}"
        " | learning rate: {rate:.6E} | global batch size:   512 | lm loss: {loss:.6E} | loss scale: 1.0 | "
        "grad norm: {loss:.3f} | number of skipped iterations:   0 | number of nan iterations:   0 |"
    ),
    "transformers": "{{'loss': {loss:.4f}, 'grad_norm': {loss!r}, 'learning_rate': {rate!r}, 'epoch': {epoch:.2f}}}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `needs` is the package that the other side takes, `rounds` how often the two are run
    unless told otherwise. `unit` is what their difference is in; a ratio has none.
    """

    name: str
    ours: Command
    against: str
    theirs: Command
    bound: float | None
    measure: Measure = wall_seconds
    needs: str = ""
    rounds: int = 9
    unit: str = ""

    def measured(self, rounds: int | None) -> Finding:
        """Both sides in turn."""
        compare = difference if self.unit else ratio
        return paired(
            lambda: self.measure(self.ours), lambda: self.measure(self.theirs), rounds or self.rounds, compare
        )


class Pythons:
    """Interpreters, and which of them has a package; lrplot's own is the first."""

    def __init__(self, peers: Sequence[str]) -> None:
        self.all = (sys.executable, *peers)

    def having(self, package: str) -> str | None:
        """The first that has a package, or None."""
        return next((python for python in self.all if not package or _has(python, package)), None)


def _has(python: str, package: str) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def rows(pythons: Pythons, folder: Path) -> Iterator[Row]:
    """Every row; specs are written and pictures drawn in `folder`."""
    yield from _start()
    yield from _evaluation(pythons)
    yield from _long_runs(folder)
    yield from _pictures(folder)
    yield from _exports(pythons, folder)
    yield _reading(folder)
    yield from _checks(folder)
    yield from _logs(folder)


def _lrplot(*arguments: object) -> list[str]:
    return [str(Path(sys.executable).with_name("lrplot")), *map(str, arguments)]


def _side(name: str, *arguments: object, python: str | None = sys.executable) -> list[str]:
    return [python or "", str(SIDES / f"{name}.py"), *map(str, arguments)]


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _start() -> Iterator[Row]:
    numpy = _python("import numpy")
    yield Row("show", _lrplot("show", ROOT / "configs" / "cosine.yaml"), "import numpy", numpy, 2.0, rounds=15)
    arguments = {"--version": ["--version"], "--help": ["--help"], "usage error": ["show", "--no-such-option"]}
    for name, words in arguments.items():
        yield Row(name, _lrplot(*words), "Typer's hello", _side("hello", "world"), 1.4, rounds=15)
    completion = ["env", "_LRPLOT_COMPLETE=complete_bash", "COMP_WORDS=lrplot sh", "COMP_CWORD=1", *_lrplot()]
    hello = ["env", *_side("hello", "world")]
    yield Row("completion", completion, "Typer's hello", hello, 1.4, rounds=15)


def _evaluation(pythons: Pythons) -> Iterator[Row]:
    many, some, none = _side("blocks", 10**8), _side("blocks", 10**6), _side("blocks", 0)
    yield Row("10^8 steps", many, "np.cos alone", _side("cosine", 10**8), 1.3, told_number, rounds=7)
    yield Row("10^8 steps, memory", many, "the import", none, 40, peak_mib, rounds=3, unit="MiB")
    peers = {
        "torch": ("torch_stepped", "torch stepped", 1 / 250),
        "optax": ("optax_vmapped", "optax vmapped, compiled", None),
        "lrsched": ("lrsched_sampled", "lrsched sampled", None),
    }
    for package, (side, against, bound) in peers.items():
        theirs = _side(side, 10**6, python=pythons.having(package))
        yield Row(f"10^6 steps, {package}", some, against, theirs, bound, told_number, package, 3)


def _long_runs(folder: Path) -> Iterator[Row]:
    for name, schedule in LONG_RUNS.items():
        long, short = (_spec(folder, name, steps, schedule) for steps in (LONG, SHORT))
        yield Row(f"show 10^9, {name}", _lrplot("show", long), "10^3 steps", _lrplot("show", short), 1.5)
        drawn = [_lrplot("plot", spec, "-o", folder / f"{spec.stem}.png") for spec in (long, short)]
        yield Row(f"plot 10^9, {name}", drawn[0], "10^3 steps", drawn[1], 1.5, rounds=5)


def _spec(folder: Path, name: str, steps: int, schedule: Callable[[int, int], Any]) -> Path:
    spec = {"steps": steps, "steps_per_epoch": 100, "lr": 0.1, "schedule": schedule(steps, steps // 100)}
    if name == "mmengine":
        spec["momentum"] = 0.9
    path = folder / f"{name.replace(' ', '_')}_{steps}.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    return path


def _pictures(folder: Path) -> Iterator[Row]:
    ours = _lrplot("plot", ROOT / "configs" / "cosine.yaml", "-o", folder / "ours.png")
    theirs = _side("bare_figure", folder / "bare.png")
    yield Row("PNG", ours, "Figure and Agg alone", theirs, 1.1, rounds=11)
    for name, schedule in LONG_RUNS.items():
        spec = _spec(folder, name, LONG, schedule)
        picture = folder / "size.png"
        code = f"import subprocess, os; subprocess.run({_lrplot('plot', spec, '-o', picture)!r}, check=True)"
        size = _python(f"{code}; print(os.path.getsize({str(picture)!r}) / 1000)")
        yield Row(f"PNG size, {name}", size, "nothing", _python("print(0)"), 100, told_number, rounds=1, unit="kB")


def _exports(pythons: Pythons, folder: Path) -> Iterator[Row]:
    few, many = (_export(folder, count) for count in (10**6, 10**7))
    theirs = _to_a_new_file(folder, _side("polars_csv", 10**6, python=pythons.having("polars")))
    yield Row("export 10^6 rows", few, "polars", theirs, 0.7, needs="polars", rounds=7)
    imports = _python("import lrplot.cli.main, lrplot.api, lrplot.output.tables.csv, lrplot.output.files")
    for name, command in {"10^6": few, "10^7": many}.items():
        yield Row(f"export {name}, memory", command, "the import", imports, 40, peak_mib, rounds=1, unit="MiB")


def _export(folder: Path, count: int) -> list[str]:
    spec = folder / f"export_{count}.yaml"
    spec.write_text(json.dumps({"steps": count, "lr": 3e-4, "schedule": "cosine"}), encoding="utf-8")
    return _to_a_new_file(folder, _lrplot("export", spec, "-o"))


def _to_a_new_file(folder: Path, command: list[str]) -> list[str]:
    """A command whose last argument is a file that is not there: the system takes 20 ms to give up a large old one."""
    return ["sh", "-c", 'exec "$@" "$0/$$.csv"', str(folder), *command]


def _reading(folder: Path) -> Row:
    path = folder / "milestones.yaml"
    milestones = ", ".join(str(number * 100) for number in range(1, 1001))
    schedule = f"{{kind: multistep, gamma: 0.99, milestones: [{milestones}]}}"
    path.write_text(f"steps: 200_000\nlr: 0.1\nschedule: {schedule}\n", encoding="utf-8")
    ours, theirs = (_side("read_spec", path, reader) for reader in ("lrplot", "yaml"))
    return Row("1,000 milestones", ours, "yaml.CSafeLoader", theirs, 3, told_number)


def _checks(folder: Path) -> Iterator[Row]:
    """Configs of programs, each in its own format, against the parsing of one of them: that of axolotl."""
    examples = ROOT / "tests" / "trainers" / "examples"
    axolotl = examples / "axolotl.yaml"
    endless = folder / "endless.yaml"
    length = "max_steps: 400\noptimizer: adamw_bnb_8bit\nlr_scheduler: rex\ncosine_min_lr_ratio: 0.1\n"
    endless.write_text(axolotl.read_text("utf-8").replace(length, "lr_scheduler: cosine\n"), encoding="utf-8")
    arguments = folder / "arguments.json"
    arguments.write_text(json.dumps(TRAINER_ARGUMENTS, indent=2), encoding="utf-8")
    theirs = _side("check_config", axolotl, "yaml")
    configs = {
        "axolotl YAML": (axolotl, 13),
        "of unknown length": (endless, 50),
        "transformers JSON": (arguments, 17),
        "torchtitan TOML": (examples / "torchtitan.toml", 13),
        "MMEngine Python": (examples / "mmengine.py", 50),
    }
    for name, (path, bound) in configs.items():
        ours = _side("check_config", path, "lrplot")
        yield Row(f"check, {name}", ours, "yaml.CSafeLoader", theirs, bound, told_number)


def _logs(folder: Path) -> Iterator[Row]:
    """Logs of a million rows, against the parsers of Python over the same lines."""
    count = 10**6
    parsers = {"log.csv": "csv.reader", "log.jsonl": "json.loads"} | {f"{name}.log": "csv.reader" for name in LINES}
    for name, parser in parsers.items():
        path = folder / name
        _write_log(path, count)
        ours, theirs = (_side("read_log", path, reader) for reader in ("lrplot", parser))
        yield Row(f"{name}, 10^6 rows", ours, parser, theirs, 1.5, told_number, rounds=5)
        imports = _side("read_log", path, "imports")
        yield Row(f"{name}, memory", ours, "the import", imports, 100, peak_mib, rounds=1, unit="MiB")


def _write_log(path: Path, count: int) -> None:
    table, line = path.suffix == ".csv", LINES.get(path.stem, "") if path.suffix == ".log" else ""
    with path.open("w", encoding="utf-8") as file:
        file.write("step,epoch,train_loss,lr,grad_norm\n" if table else "")
        for step in range(count):
            loss, rate = 2 + step * 7919 % count / count, 3e-4 * (1 - step / count)
            if line:
                file.write(line.format(step=step, count=count, loss=loss, rate=rate, epoch=step / 1000) + "\n")
            elif table:
                file.write(f"{step},{step / 1000:.3f},{loss:.4f},{rate!r},{loss / 2:.4f}\n")
            else:
                row = {
                    "current_steps": step,
                    "total_steps": count,
                    "loss": round(loss, 4),
                    "lr": rate,
                    "epoch": step / 1000,
                }
                file.write(json.dumps(row) + "\n")
