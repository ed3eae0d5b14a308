"""The tables of the page on choosing a schedule: recipes by task, and shapes by their convex bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import lrplot
from lrplot.analysis.summary import summarize
from lrplot.runs.run import Run
from lrplot.wording import learning_rate, quantity, share, updates

# Presets by task: what is trained, and its schedule in words, without numbers, which are the preset's own.
TASKS: dict[str, dict[str, tuple[str, str]]] = {
    "Images": {
        "resnet50": ("a convolutional network with SGD", "a tenth at equal intervals"),
        "resnet50_goyal": ("the same with a large batch", "warmup from a low rate, a tenth at milestones"),
        "superconvergence_cifar10": ("the same in few updates", "one triangle"),
        "efficientnet_b0": ("EfficientNet with RMSProp", "warmup, a staircase of small drops"),
        "vit_b16": ("a vision Transformer", "warmup, cosine to 0"),
        "deit_base": ("the same on ImageNet alone", "warmup and cosine, once per epoch"),
        "swin_t": ("the same with windows", "warmup, cosine"),
        "convnext_t": ("a modern convolutional network", "warmup, cosine"),
        "dino_vit_s16": ("self-supervised", "warmup, cosine; the weight decay rises"),
        "mae_finetune_vit_b": ("fine-tuning a vision Transformer", "warmup, cosine; a rate for each layer"),
        "detectron2_r50_fpn_1x": ("detection, 1x", "short warmup, a tenth at milestones"),
        "detr_r50": ("detection with a Transformer", "a tenth once; a tenth for the backbone"),
        "yolov5": ("detection, YOLO", "warmup under a straight line"),
        "mmseg_80k": ("segmentation", "a power of what is left"),
    },
    "Language": {
        "transformer_base": ("translation", "warmup, inverse square root"),
        "bert_pretrain": ("BERT", "warmup, straight line to 0"),
        "roberta_base": ("RoBERTa", "warmup, straight line to 0"),
        "t5": ("T5 with Adafactor", "constant, inverse square root"),
        "gpt3_125m": ("GPT, small", "warmup, cosine, constant"),
        "gpt3_175b": ("GPT, large", "warmup, cosine, constant"),
        "chinchilla": ("Chinchilla", "warmup, cosine over all tokens"),
        "llama2_7b": ("Llama 2", "warmup, cosine"),
        "llama3_405b": ("Llama 3", "warmup, cosine"),
        "deepseek_v2_lite": ("DeepSeek", "warmup, constant, two drops"),
        "minicpm_wsd": ("MiniCPM", "warmup, constant, exponential decay"),
        "wsd_sqrt": ("any length from one trunk", "warmup, constant, 1 − √u"),
    },
    "Fine-tuning of language models": {
        "bert_finetune": ("a classifier on BERT", "warmup, straight line to 0"),
        "alpaca_7b": ("all weights, on instructions", "warmup, cosine to 0"),
        "qlora_guanaco_7b": ("low-rank adapters (LoRA)", "constant"),
        "ulmfit": ("layer by layer", "triangle; a rate for each layer"),
    },
    "Reinforcement learning": {
        "ppo_linear": ("PPO, Atari; an epoch is a rollout", "straight line to 0, once per rollout"),
        "ppo_mujoco": ("PPO, continuous control; an epoch is a rollout", "straight line to 0, once per rollout"),
        "sac_constant": ("SAC", "constant"),
    },
    "Speech": {
        "wav2vec2_base": ("self-supervised", "warmup, straight line to 0"),
        "wav2vec2_finetune_100h": ("fine-tuning, wav2vec 2.0", "warmup, constant, exponential decay"),
        "whisper_finetune": ("fine-tuning, Whisper", "warmup, straight line to 0"),
    },
    "Diffusion": {
        "ddpm_cifar10": ("a U-Net", "warmup, constant"),
        "stable_diffusion": ("latent diffusion", "warmup, constant"),
        "dit_xl2": ("a diffusion Transformer", "constant"),
    },
}
HEADER = ("task", "schedule", "peak", "peak at update", "end / peak", "length", "batch", "preset", "source")
STEPS = 10_000  # of the shapes
SHAPES = {
    "straight line to 0": "linear",
    "cosine to 0": "cosine",
    "cosine to 10%": {"kind": "cosine", "to": "10%"},
    "cosine to 0, planned 25% too long": {"kind": "cosine", "for": 12_500},
    "cosine to 0, planned 50% too long": {"kind": "cosine", "for": 15_000},
    "constant, linear cooldown of 40%": {"kind": "wsd", "cooldown": "40%"},
    "constant, linear cooldown of 20%": {"kind": "wsd", "cooldown": "20%"},
    "constant, 1 − √u over 20%": {"kind": "wsd", "cooldown": "20%", "shape": "sqrt"},
    "one cycle": "one_cycle",
    "exponential to 1%": {"kind": "exponential", "to": "1%"},
    "four cosines with warm restarts": {"kind": "cosine_restarts", "period": 2_500},
    "a tenth at one and two thirds": {"kind": "multistep", "milestones": [3_333, 6_667]},
    "inverse square root, time scale 5%": {"kind": "inverse_sqrt", "timescale": 500},
    "constant": "constant",
}  # fmt: skip
NOTHING = 1e-4  # of the peak: an end that is called 0


def task_rows(tasks: dict[str, tuple[str, str]]) -> Iterator[Sequence[str]]:
    """A row for each preset of a field."""
    for name, (task, words) in tasks.items():
        run = lrplot.load(name).run
        summary = summarize(run.lr.curve, run.steps)
        start = f"{summary.peak_step:,} ({share(summary.peak_step, run.steps)})" if summary.peak_step else "0"
        end = share(summary.last, summary.peak) if summary.last > NOTHING * summary.peak else "0"
        peak = learning_rate(summary.peak)
        yield task, words, peak, start, end, _length(run), _batch(run), f"`{name}`", (run.source or "").strip()


def _length(run: Run) -> str:
    base = run.timebase
    return updates(run.steps) + ("" if base.unit == "steps" else f", {quantity(float(base.amount), base.unit)}")


def _batch(run: Run) -> str:
    rates = run.timebase.rates
    if rates.samples_per_step:
        return f"{float(rates.samples_per_step):,.0f}"
    return quantity(float(rates.tokens_per_step), "tokens") if rates.tokens_per_step else ""


def bound_rows() -> Iterator[Sequence[str]]:
    """A row for each shape: its mean, its bound and the peak that minimizes the bound."""
    for name, schedule in SHAPES.items():
        found = lrplot.theory({"steps": STEPS, "lr": 1, "schedule": schedule})
        yield name, *(f"{each:.2f}" for each in (found.mass, found.bound_ratio, found.peak_ratio))
