"""Hydra's composition of configs; what is expected was composed by hydra-core 1.3."""

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.spec.composition import composed, is_choice
from lrplot.text.tree import Listing, Mapping
from lrplot.text.yaml import read_yaml

FILES = {
    "train.yaml": """\
defaults:
  - base
  - _self_
  - model: small
  - optimizer@model.optim: sgd
  - /optimizer@second: adam
  - optional local: default
  - logger: [csv, wandb]
  - hydra: default
  - experiment: null
  - schedule: ${model}
seed: 1
trainer: {max_epochs: 10}
model: {depth: 3}
""",
    "base.yaml": "seed: 0\nkept: true\ntrainer: {max_epochs: 5, devices: 2}\n",
    "model/small.yaml": "defaults:\n  - head: linear\nwidth: 8\ndepth: 1\nname: ???\n",
    "model/large.yaml": "defaults:\n  - head: linear\n  - _self_\nwidth: 64\nhead: {bias: false}\n",
    "model/head/linear.yaml": "bias: true\n",
    "model/head/deep.yaml": "bias: true\nlayers: 3\n",
    "optimizer/sgd.yaml": "_target_: torch.optim.SGD\nlr: 0.1\n",
    "optimizer/adam.yaml": "# @package _global_.ignored\nlr: 0.001\n",
    "logger/csv.yaml": "csv: {dir: .}\n",
    "logger/wandb.yaml": "# @package log\n\nwandb: null\n",
    "schedule/small.yaml": "kind: step\n",
    "schedule/large.yaml": "kind: cosine\n",
    "experiment/big.yaml": """\
# @package _global_
defaults:
  - override /model: large
  - override /model/head: deep
  - override /optimizer@model.optim: adam
  - override /hydra/launcher: basic
  - _self_
seed: 7
model: {width: 128, name: big}
""",
    "hydra/default.yaml": "run: {dir: x}\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def whole(folder, *choices, name="train.yaml"):
    return composed(read_yaml(Source(name, (folder / name).read_text())), folder, choices)


def plain(node):
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node}
    return [plain(item) for item in node.items] if isinstance(node, Listing) else node.text


def test_groups_packages_and_the_order_of_merging(folder):
    assert plain(whole(folder)) == {
        "seed": "1",
        "kept": "true",
        "trainer": {"max_epochs": "10", "devices": "2"},
        "model": {
            "depth": "1",
            "head": {"bias": "true"},
            "width": "8",
            "name": "???",
            "optim": {"_target_": "torch.optim.SGD", "lr": "0.1"},
        },
        "second": {"lr": "0.001"},
        "logger": {"csv": {"dir": "."}},
        "log": {"wandb": "null"},
        "schedule": {"kind": "step"},
    }


def test_options_and_what_an_experiment_overrides(folder):
    big = plain(whole(folder, "experiment=big"))
    assert big["seed"] == "7"
    assert big["model"] == {
        "depth": "3",
        "head": {"bias": "false", "layers": "3"},
        "width": "128",
        "optim": {"lr": "0.001"},
        "name": "big",
    }
    assert big["schedule"] == {"kind": "cosine"}
    assert plain(whole(folder, "experiment=big", "model=small"))["model"]["width"] == "128"
    assert plain(whole(folder, "model=large"))["model"]["width"] == "64"


def test_values_keep_their_places(folder):
    rate = whole(folder).get("model").get("optim").get("lr")
    assert (rate.span.source.name, rate.span.line) == (str(folder / "optimizer" / "sgd.yaml"), 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("base.yaml", None),
        ("logger/wandb.yaml", "- a\n"),
        ("model/small.yaml", "defaults:\n  - head: ???\n"),
        ("model/small.yaml", "defaults:\n  - override head: deep\n"),
        ("model/small.yaml", "defaults:\n  - [a]\n"),
        ("model/small.yaml", "defaults:\n  - {head: linear, tail: linear}\n"),
        ("model/small.yaml", "defaults:\n  - a b c\n"),
        pytest.param("model/small.yaml", f"defaults:\n  - {'a' * 5000}\n", id="a name that is too long"),
        ("model/small.yaml", "defaults:\n  - head: {a: 1}\n"),
        ("model/small.yaml", "defaults:\n  - head: ${tail}\n"),
        ("model/small.yaml", "defaults:\n  - _self_\n  - _self_\n"),
        ("base.yaml", "defaults:\n  - base\n"),
    ],
)
def test_what_cannot_be_followed_stays_as_it_stands(folder, name, content):
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    tree = read_yaml(Source("train.yaml", FILES["train.yaml"]))
    assert composed(tree, folder) is tree


def repeated(folder, text, times):
    (folder / "many.yaml").write_text(text)
    tree = read_yaml(Source("a.yaml", "defaults:\n" + "- many\n" * times))
    assert isinstance(tree, Mapping)
    return composed(tree, folder)


def test_files_that_hold_too_much_together_are_refused(folder):
    keys = "".join(f"key_{index}: {{a: 1}}\n" for index in range(600))  # 1,200 values in 10 kB
    assert len(repeated(folder, keys, 40).entries) == 600
    with pytest.raises(SpecError, match="more than 50,000 values"):
        repeated(folder, keys, 42)
    with pytest.raises(SpecError, match="more than 512 KiB"):
        repeated(folder, f"key: {'x' * 10_000}\n", 60)


def test_a_package_may_be_as_deep_as_a_tree(folder):
    deep = read_yaml(Source("a.yaml", f"defaults:\n- optimizer@{'.'.join('a' * 50)}: sgd\n"))
    deeper = read_yaml(Source("a.yaml", f"defaults:\n- optimizer@{'.'.join('a' * 51)}: sgd\n"))
    assert composed(deep, folder) != deep
    assert composed(deeper, folder) == deeper


def test_a_mapping_takes_the_place_of_a_value_and_a_value_that_of_a_mapping(folder):
    (folder / "one.yaml").write_text("a: 1\nb: {c: 2, d: 3}\ne: {f: 4}\ng: {h: 5}\n")
    tree = read_yaml(Source("a.yaml", "defaults: [one]\na: {x: '???'}\nb: 0\ne: {f: '???', i: 6}\ng: ???\n"))
    result = composed(tree, folder)
    assert plain(result) == {"a": {"x": "???"}, "b": "0", "e": {"f": "4", "i": "6"}, "g": {"h": "5"}}


def test_a_file_without_keys_adds_nothing(folder):
    (folder / "logger" / "csv.yaml").write_text("# nothing\n")
    assert plain(whole(folder)).get("logger") is None


def test_an_option_without_a_file_is_refused(folder):
    with pytest.raises(SpecError, match="`model=huge` is no option"):
        whole(folder, "model=huge")


@pytest.mark.parametrize(
    ("setting", "result"),
    [
        ("model=large", True),
        ("model/head=deep", True),
        ("model.depth=2", False),
        ("model={a: 1}", False),
        ("seed=1", False),
    ],
)
def test_settings_that_are_options(folder, setting, result):
    tree = read_yaml(Source("train.yaml", FILES["train.yaml"]))
    assert is_choice(tree, folder, setting) is result
    assert not is_choice(read_yaml(Source("a.yaml", "model: 1\n")), folder, setting)
