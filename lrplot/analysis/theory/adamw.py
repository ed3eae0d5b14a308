"""AdamW's weights as an average of their past updates: its time scale, and the share left of the initial weights."""

from __future__ import annotations

from lrplot.analysis.theory.topic import Row, Topic

ADAMW = Topic(
    "AdamW",
    (
        Row("adamw_timescale", "time scale at the peak", "updates"),
        Row("adamw_timescale_share", "as a share of the run", "share"),
        Row("adamw_mass", "sum of lr × decay", "number"),
        Row("initial_weights_left", "initial weights left", "share"),
    ),
    assumes="decoupled weight decay that the rate multiplies, w ← (1 − lr·wd)·w − lr·u (torch.optim.AdamW, "
    "optax.adamw), not L2 in the gradient. The weights are then an average of past updates over about 1/(lr·wd) of "
    "them; a time scale between one epoch and the whole run is the usual advice",
    source="Wang & Aitchison 2024 (arXiv:2405.13698); the share left is the product of all 1 − lr·wd",
    needs="needs a weight decay, such as `--set weight_decay=0.1`",
    adam=True,
)
