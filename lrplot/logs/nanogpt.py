"""Lines of nanoGPT, llm.c and scripts that follow them."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

NUMBER = r"[\d.]+(?:e[+-]?\d+)?"
STEP = r"\b(?:s:|(?:step|iter(?:ation)?)[ :=]+)(?P<step>\d+)(?:/(?P<steps>\d+))?\b"
RATE = rf"(?:\b|cur_|current_)(?:lr|learning[ _]rate)[ :=]+(?P<lr>{NUMBER})"
LOSS = rf"\b(?:trl|(?:train )?loss)[ :=]+(?P<loss>{NUMBER}|-?nan|inf)"


@log_format("nanogpt", Shape.TEXT, marks=(STEP, RATE), files=("main.log", "log.txt"), general=True)
def lines(log: Text) -> Rows:
    """nanoGPT-style lines: a step and a learning rate a line, such as `s:250 trl:6.18 lr:0.000215`, which llm.c writes.

    Steps count from 0. Other lines may stand between.

    Keys: step, iter or s; lr; loss or trl
    Source: llm.c/llmc/logger.h, logger_log_train; llm.c/train_gpt2.cu; build-nanogpt/train_gpt2.py
    """
    return log.rows(STEP, RATE, loss=LOSS)
