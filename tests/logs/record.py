"""Train toy models with the real programs, and keep the logs that they write, without what names the machine.

    python tests/logs/record.py transformers lightning keras timm tensorboard wandb mmengine

The programs: transformers 5.24, lightning 2.6.6, keras 3.15 (on torch), timm 1.0.31, tensorboard 2.21, wandb 0.31,
mmengine 0.10.7, torch 2.13.
"""

# ruff: noqa: C408  configs of mmengine are written like this

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent / "examples"
os.environ |= {"CUDA_VISIBLE_DEVICES": "", "WANDB_MODE": "offline", "WANDB_SILENT": "true", "KERAS_BACKEND": "torch"}


def transformers(folder: Path) -> None:
    """A Trainer: linear decay with a warmup of 5 updates, logged every 2, evaluated every 8."""
    import torch
    from transformers import Trainer, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, x=None, labels=None):
            output = self.layer(x).squeeze(-1)
            return {"loss": ((output - labels) ** 2).mean(), "logits": output}

    data = [{"x": torch.randn(4), "labels": torch.randn(())} for _ in range(32)]
    arguments = TrainingArguments(
        output_dir=str(folder), per_device_train_batch_size=4, max_steps=24, learning_rate=3e-4, warmup_steps=5,
        lr_scheduler_type="linear", logging_steps=2, save_steps=24, eval_strategy="steps", eval_steps=8, report_to=[],
        use_cpu=True, logging_first_step=True, disable_tqdm=True,
    )  # fmt: skip
    Trainer(Model(), arguments, train_dataset=data, eval_dataset=data[:8]).train()
    shutil.copy(folder / "checkpoint-24" / "trainer_state.json", EXAMPLES / "transformers.json")


def lightning(folder: Path) -> None:
    """A Trainer with two parameter groups and LearningRateMonitor, logged every 2 updates."""
    import lightning
    import torch
    from lightning.pytorch.callbacks import LearningRateMonitor
    from lightning.pytorch.loggers import CSVLogger

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch, index):
            loss = (self.layer(batch[0]) ** 2).mean()
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", (self.layer(batch[0]) ** 2).mean())

        def configure_optimizers(self):
            groups = [{"params": [self.layer.weight]}, {"params": [self.layer.bias], "lr": 0.2}]
            optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
            scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=24)
            return [optimizer], [{"scheduler": scheduler, "interval": "step"}]

    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(32, 4)), batch_size=4)
    trainer = lightning.Trainer(
        max_epochs=3, logger=CSVLogger(folder), log_every_n_steps=2, enable_progress_bar=False, accelerator="cpu",
        callbacks=[LearningRateMonitor(logging_interval="step", log_momentum=True)], enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(Module(), data, data)
    shutil.copy(folder / "lightning_logs" / "version_0" / "metrics.csv", EXAMPLES / "lightning.csv")


def keras(folder: Path) -> None:
    """Two runs of 6 epochs in one CSVLogger's file: the second has half the learning rate."""
    import keras
    import numpy as np

    path = folder / "log.csv"
    for base in (0.01, 0.005):
        x, y = np.random.randn(32, 4).astype("f"), np.random.randn(32, 1).astype("f")
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.SGD(learning_rate=base), loss="mse")
        callbacks = [
            keras.callbacks.LearningRateScheduler(lambda epoch, last, base=base: base * 0.9**epoch),
            keras.callbacks.CSVLogger(path, append=True),
        ]
        model.fit(x, y, epochs=6, batch_size=8, verbose=0, callbacks=callbacks, validation_split=0.25)
    shutil.copy(path, EXAMPLES / "keras.csv")


def timm(folder: Path) -> None:
    """The summary of 10 epochs: a warmup of 3, then a cosine."""
    import torch
    from timm.scheduler import CosineLRScheduler
    from timm.utils import update_summary

    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    scheduler = CosineLRScheduler(optimizer, t_initial=10, warmup_t=3, warmup_lr_init=1e-5, lr_min=1e-6)
    for epoch in range(10):
        scheduler.step(epoch)
        rates = [group["lr"] for group in optimizer.param_groups]
        metrics = OrderedDict([("loss", 2.5 / (epoch + 1)), ("top1", 10.0 * epoch)])
        losses = OrderedDict([("loss", 2 / (epoch + 1))])
        mean, path = sum(rates) / len(rates), folder / "summary.csv"
        update_summary(epoch, losses, metrics, str(path), lr=mean, write_header=epoch == 0)
    shutil.copy(path, EXAMPLES / "timm.csv")


def tensorboard(folder: Path) -> None:
    """A SummaryWriter with the learning rates of two groups, the second as a float64 tensor."""
    import torch
    from torch.utils.tensorboard import SummaryWriter

    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD([{"params": [layer.weight]}, {"params": [layer.bias], "lr": 0.2}], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
    writer = SummaryWriter(str(folder))
    for step in range(12):
        one, other = (group["lr"] for group in optimizer.param_groups)
        writer.add_scalar("train/loss", 1 / (step + 1), step)
        writer.add_scalar("lr/pg0", one, step)
        writer.add_scalar("lr/pg1", other, step, new_style=True, double_precision=True)
        optimizer.step()
        scheduler.step()
    writer.close()
    shutil.copy(next(folder.glob("events.*")), EXAMPLES / "tensorboard.tfevents")


def wandb(folder: Path) -> None:
    """An offline run; of its file only the history is kept."""
    import wandb

    run = wandb.init(project="toy", dir=str(folder), settings=wandb.Settings(x_disable_stats=True, console="off"))
    for step in range(40):
        if step % 5:
            row = {
                "train/global_step": step * 10,
                "train/loss": 1 / (step + 1),
                "train/learning_rate": 3e-4 * step / 40,
            }
            run.log({**row, "optim": {"learning_rate_group0": 3e-4}})
        else:
            run.log({"eval/loss": 0.5})
    run.finish()
    sys.path.insert(0, str(ROOT))
    from lrplot.logs.shared.binary import fields, leveldb_records

    content = next(folder.glob("**/*.wandb")).read_bytes()
    records = [each for each in leveldb_records(iter([content]), 7) if any(number == 2 for number, _ in fields(each))]
    blocks = content[:7]
    for record in records:
        assert len(blocks) + len(record) + 7 <= 1 << 15, "the history has more than one block"
        blocks += struct.pack("<IHB", 0, len(record), 1) + record  # a check sum that nobody reads
    (EXAMPLES / "wandb.wandb").write_bytes(blocks)


def mmengine(folder: Path) -> None:
    """A Runner by epochs, with a factor of 2 for biases; of its text log the lines of the training are kept."""
    import torch
    from mmengine.model import BaseModel
    from mmengine.runner import Runner

    class Model(BaseModel):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 1, bias=True)

        def forward(self, x, mode=None):
            loss = (self.layer(x) ** 2).mean()
            return {"loss": loss} if mode == "loss" else [loss]

    loader = dict(
        batch_size=4, dataset=torch.utils.data.TensorDataset(torch.randn(32, 4)), num_workers=0,
        sampler=dict(type="DefaultSampler", shuffle=True),
        collate_fn=lambda batch: {"x": torch.stack([each[0] for each in batch])},
    )  # fmt: skip
    runner = Runner(
        model=Model(), work_dir=str(folder), train_dataloader=loader, train_cfg=dict(by_epoch=True, max_epochs=3),
        optim_wrapper=dict(
            optimizer=dict(type="SGD", lr=0.01), paramwise_cfg=dict(custom_keys={"weight": dict(lr_mult=2.0)})
        ),
        param_scheduler=[dict(type="MultiStepLR", by_epoch=False, milestones=[6, 18], gamma=0.1)],
        default_hooks=dict(logger=dict(type="LoggerHook", interval=2)), cfg=dict(),
    )  # fmt: skip
    runner.train()
    shutil.copy(next(folder.glob("*/vis_data/scalars.json")), EXAMPLES / "mmengine.json")
    lines = next(folder.glob("*/*.log")).read_text().splitlines(keepends=True)
    (EXAMPLES / "mmengine-text.log").write_text("".join(line for line in lines if "Epoch(train)" in line))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as place:
            globals()[name](Path(place))
