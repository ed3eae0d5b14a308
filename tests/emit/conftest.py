"""Reads what the emitters write, with stand-ins for the frameworks: each scheduler becomes the spec of itself."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import lrplot

HOMES = {
    "torch": "torch.optim.lr_scheduler",
    "timm": "timm.scheduler",
    "mmengine": "mmengine.optim",
    "optax": "optax",
    "keras": "keras.optimizers.schedules",
}


class LambdaLR:
    """torch's LambdaLR, by its source: at epoch k each group has its initial learning rate times its function of k."""

    def __init__(self, optimizer, lr_lambda):
        functions = lr_lambda if isinstance(lr_lambda, list) else [lr_lambda] * len(optimizer.param_groups)
        assert len(functions) == len(optimizer.param_groups)
        self.optimizer, self.functions, self.last_epoch = optimizer, functions, -1
        self.initial = [group["lr"] for group in optimizer.param_groups]
        self.step()

    def step(self):
        self.last_epoch += 1
        for group, initial, function in zip(self.optimizer.param_groups, self.initial, self.functions, strict=True):
            group["lr"] = initial * function(self.last_epoch)


class Home(ModuleType):
    """A framework's module, whose schedulers are mappings."""

    def __init__(self, framework, name):
        super().__init__(name)
        self.framework = framework

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def scheduler(optimizer=None, **arguments):
            return {"use": f"{self.framework}.{name}", **arguments}

        return scheduler


def modules():
    """The stand-ins by import path."""
    found = {}
    for framework, path in HOMES.items():
        parts = path.split(".")
        for length in range(1, len(parts)):
            found[".".join(parts[:length])] = ModuleType(".".join(parts[:length]))
        found[path] = Home(framework, path)
        for length in range(1, len(parts)):
            setattr(found[".".join(parts[:length])], parts[length], found[".".join(parts[: length + 1])])
    found["torch.optim.lr_scheduler"].LambdaLR = LambdaLR
    found["keras.optimizers.schedules"].LearningRateSchedule = object
    found["jax"], found["jax.numpy"] = ModuleType("jax"), np
    found["jax"].numpy = np
    ops = {name: getattr(np, name) for name in ("where", "cos", "sqrt", "exp", "log", "minimum", "maximum", "floor")}
    found["keras"].ops = SimpleNamespace(
        **ops,
        cast=lambda x, dtype: np.asarray(x, float),
        take=np.take,
        searchsorted=np.searchsorted,
        full_like=np.full_like,
    )
    return found


class Written:
    """A text that was executed with the stand-ins."""

    def __init__(self, text, names):
        self.text, self.names = text, names
        self.first = text.splitlines()[0]

    def scheduler(self, *groups):
        """What `make_scheduler` returns for an optimizer of parameter groups, and the optimizer."""
        optimizer = SimpleNamespace(param_groups=[dict(group) for group in groups or [{"lr": 123.0}]])
        return self.names["make_scheduler"](optimizer), optimizer

    def rates(self, steps, *groups):
        """The learning rate of each group at each update, by a stepped LambdaLR."""
        scheduler, optimizer = self.scheduler(*groups)
        found = []
        for _ in range(steps):
            found.append([group["lr"] for group in optimizer.param_groups])
            scheduler.step()
        return np.array(found)

    def schedule(self, steps, *groups, **more):
        """The schedule that lrplot reads in what `make_scheduler` returns."""
        made, optimizer = self.scheduler(*groups)
        if isinstance(made, list):
            made = {"use": "mmengine.param_scheduler", "schedulers": made}
        return lrplot.load({"steps": steps, "lr": optimizer.param_groups[0]["lr"], "schedule": made, **more})


@pytest.fixture
def written(monkeypatch):
    """A function that writes a spec for a target and executes it."""

    def write(spec, to, **options):
        text = lrplot.convert(spec, to=to, **options)
        with monkeypatch.context() as patch:
            for name, module in modules().items():
                patch.setitem(sys.modules, name, module)
            names = {}
            exec(compile(text, to, "exec"), names)
        return Written(text, names)

    return write
