"""The gallery's first page: every shipped spec by family, as a sheet of small pictures over folded specs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import matplotlib as mpl

import lrplot
from lrplot.kinds import KINDS
from lrplot.spec.source import preset_names, preset_path

ACROSS = 3
MANUAL = {
    "spec": ("Specs", "lengths, durations, values, phases, groups, overrides"),
    "choosing": ("Choosing", "schedules by task, with presets; common claims, with what is known"),
    "recipes": ("I want …", "a schedule for each of twenty wishes"),
    "kinds": ("Kinds", "the schedules that lrplot defines"),
    "frameworks": ("Frameworks", "their schedulers, and how closely each is matched"),
    "configs": ("Training configs", "the programs whose configs are read"),
    "targets": ("Code and configs", "one schedule in every vocabulary"),
    "commands": ("Commands", "what each one does"),
    "checks": ("Findings", "what `lrplot check` finds, and how to accept it"),
    "outputs": ("Outputs", "tables, pictures, JSON, exit codes, Python"),
    "robustness": ("Robustness", "files, signals, odd names, limits, speed"),
}
OVERLAYS = {
    "traps": ("One fine-tune: as planned, and as it often runs", "Three ways in which its scheduler is often used."),
    "decays": ("Five decays from one peak", "They differ in the mean learning rate, the area under the curve."),
    "warmups": ("Three warmups of one length", "They differ in how quickly they reach a useful learning rate."),
    "restarts": ("Warm restarts", "Cycles of one length, doubling cycles, and doubling cycles with falling peaks."),
}
# Published recipes by field; one that is in none of the lists stands under the last heading.
FIELDS = {
    "Language models": (
        "gpt3_125m", "gpt3_350m", "gpt3_760m", "gpt3_1_3b", "gpt3_2_7b", "gpt3_6_7b", "gpt3_13b", "gpt3_175b",
        "chinchilla", "pythia", "llama2_7b", "llama2_70b", "llama3_8b", "llama3_405b", "deepseek_v2_lite",
        "minicpm_wsd", "wsd_sqrt", "nanogpt", "bert_pretrain", "roberta_base", "t5", "transformer_base",
        "transformer_big", "bert_finetune", "alpaca_7b", "qlora_guanaco_7b", "ulmfit",
    ),
    "Vision": (
        "resnet50", "resnet50_goyal", "efficientnet_b0", "vit_b16", "deit_base", "swin_t", "convnext_t", "dino_vit_s16",
        "mae_finetune_vit_b", "detectron2_r50_fpn_1x", "detr_r50", "yolov5", "mmseg_80k", "sgdr_cifar10",
        "superconvergence_cifar10", "clr_triangular2",
    ),
}  # fmt: skip
OTHERS, EXAMPLES, FRAMEWORKS = "Other recipes", "Kinds", "Schedulers of frameworks"
OPTIONS = {"lr_range_test": " --log"}


def index() -> str:
    """The text of the page."""
    return "\n".join(_lines()) + "\n"


def families() -> dict[str, list[str]]:
    """The names of the presets by family, each in one."""
    names: dict[str, list[str]] = {heading: [] for heading in (*FIELDS, OTHERS, EXAMPLES, FRAMEWORKS)}
    for name in preset_names():
        names[_family(name)].append(name)
    for heading, order in FIELDS.items():
        names[heading].sort(key=order.index)
    return names


def _family(name: str) -> str:
    if lrplot.load(name).run.source and name not in KINDS:
        return next((heading for heading, names in FIELDS.items() if name in names), OTHERS)
    return (
        FRAMEWORKS
        if re.search(r"\b(use|_target_|class_path):", preset_path(name).read_text(encoding="utf-8"))
        else EXAMPLES
    )


def _lines() -> Iterator[str]:
    yield from ("# Gallery and manual", "")
    yield from (f"- [{title}]({page}.md): {text}" for page, (title, text) in MANUAL.items())
    yield from ("", "Below is every spec that lrplot ships. `lrplot show NAME` draws one in the terminal,")
    yield from ("`lrplot presets NAME > my.yaml` starts a spec of your own from it. The command over each spec writes",)
    yield from ("its picture. `python gallery/build.py` makes all of this anew.", "")
    contents = ["Side by side", *families()]
    yield " · ".join(f"[{heading}](#{heading.lower().replace(' ', '-')})" for heading in contents)
    yield from ("", "## Side by side")
    for name, (title, text) in OVERLAYS.items():
        yield from ("", f"**{title}.** {text}", "", *_drawn(name, _overlay(name)))
    yield from ("", "The dark theme:", "", *_drawn("traps_dark", f"{_overlay('traps')} --theme dark"))
    for heading, names in families().items():
        yield from ("", f"## {heading}", "", *_sheet(names))
        for name in names:
            yield from ("", *_folded(name))
    yield from ("", f"Drawn with matplotlib {mpl.__version__}.")


def _drawn(name: str, arguments: str) -> Iterator[str]:
    yield from ("```sh", f"lrplot plot {arguments} -o gallery/{name}.svg", "```", "", f"![{name}]({name}.svg)")


def _overlay(name: str) -> str:
    plan = "gallery/specs/finetune.yaml " if name == "traps" else ""
    return f"{plan}gallery/specs/{name}/*.yaml --title '{OVERLAYS[name][0]}'"


def _sheet(names: list[str]) -> Iterator[str]:
    """Small pictures in rows, each a link to itself."""
    yield "<table>"
    for start in range(0, len(names), ACROSS):
        yield "<tr>"
        for name in names[start : start + ACROSS]:
            picture = f'<img src="{name}.svg" width="260" alt="{_title(name)}">'
            yield f'<td><a href="{name}.svg">{picture}</a><br><code>{name}</code></td>'
        yield "</tr>"
    yield "</table>"


def _folded(name: str) -> Iterator[str]:
    yield from ("<details>", f"<summary><code>{name}</code> {_title(name)}</summary>", "")
    yield from ("```sh", f"lrplot plot {name}{OPTIONS.get(name, '')} -o gallery/{name}.svg", "```", "")
    yield from ("```yaml", preset_path(name).read_text(encoding="utf-8").rstrip(), "```", "", "</details>")


def _title(name: str) -> str:
    return lrplot.load(name).name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
