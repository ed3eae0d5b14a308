"""Hugging Face's trainer_state.json."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.jsons import Documents
from lrplot.logs.shared.rows import Rows

FILES = ("trainer_state.json", "checkpoint-*/trainer_state.json")


@log_format("transformers", Shape.DOCUMENT, marks=("log_history",), files=FILES)
def trainer_state(log: Documents) -> Rows:
    """Hugging Face trainer_state.json: the learning rate in `log_history` at each logged step, in full.

    Rows of evaluations have no learning rate. The line of a row is that of its learning rate.

    Keys: log_history[]: step, learning_rate, epoch, loss; max_steps, num_train_epochs
    Source: transformers/trainer_callback.py, TrainerState.save_to_json; trainer.py, Trainer.log (5.24)
    """
    found, facts = log.at("log_history", mark='"learning_rate"')
    tracks = {"lr": "learning_rate"}
    rows = found.rows(step="step", tracks=tracks, epoch="epoch", loss="loss", printed=IN_FULL)
    rows.state("steps", facts.get("max_steps"))
    rows.state("epochs", facts.get("num_train_epochs"))
    return rows
