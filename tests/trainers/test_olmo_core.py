"""OLMo-core's config.json: values by its own schedulers (3.0.0), for the trainer's counter before each update."""

import json

import pytest

import lrplot

AT = "olmo_core.optim.scheduler."
COSINE = {"lr_field": "lr", "units": "steps", "warmup": 20, "alpha_f": 0.1, "_CLASS_": f"{AT}CosWithWarmup"}


def text(scheduler, value=200, unit="steps", *, optim=(), trainer=(), **more):
    optimizer = {"lr": 3e-4, "betas": [0.9, 0.95], "weight_decay": 0.1, "_CLASS_": "olmo_core.optim.adamw.AdamWConfig"}
    return json.dumps(
        {
            "model": {"d_model": 768, "_CLASS_": "olmo_core.nn.transformer.config.TransformerConfig"},
            "data_loader": {"global_batch_size": 10},
            "trainer": {"max_duration": {"value": value, "unit": unit}, **dict(trainer)},
            "train_module": {"optim": {**optimizer, **dict(optim)}, "scheduler": scheduler},
            **more,
        },
        indent=1,
    )


def load(config, *arguments, settings=(), **keywords):
    return config(text(*arguments, **keywords), *settings, name="config.json")


@pytest.mark.parametrize(
    ("scheduler", "expected"),
    [
        (
            COSINE,
            {
                0: 1.5e-05,
                10: 0.000165,
                19: 0.0003,
                20: 0.0002999794388461128,
                100: 0.00018611865278043115,
                199: 3e-05,
            },
        ),
        ({**COSINE, "_CLASS_": "CosWithWarmup"}, {100: 0.00018611865278043115}),
        ({"type": "cos_with_warmup", "warmup": 20}, {100: 0.00018611865278043115}),
        (
            {
                "schedulers": [
                    {"_CLASS_": f"{AT}LinearWithWarmup", "warmup": 10, "alpha_f": 0.5, "type": "linear_with_warmup"},
                    {**COSINE, "warmup": 0},
                ],
                "schedulers_max": [100],
                "_CLASS_": f"{AT}SequentialScheduler",
            },
            {
                0: 3e-05,
                9: 0.0003,
                50: 0.00023166666666666664,
                99: 0.00015,
                100: 0.00014996669282468686,
                150: 8.037977376222633e-05,
                199: 1.5e-05,
            },
        ),
        (
            {
                "stages": [
                    {
                        "duration": 10,
                        "start_lr": 0.0,
                        "end_lr_fraction": 1.0,
                        "_CLASS_": f"{AT}ComposableSchedulerStage",
                    },
                    {"duration": 50, "shape": "cosine", "end_lr_fraction": 0.1},
                ],
                "type": "composable",
            },
            {0: 3e-05, 9: 0.0003, 10: 0.0002997336083378166, 30: 0.00019857313476725534, 59: 3e-05, 80: 3e-05},
        ),
    ],
)
def test_schedulers_by_class_and_type(config, scheduler, expected):
    loaded = load(config, scheduler)
    assert (loaded.run.reading.format, loaded.steps) == ("olmo-core", 200)
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12)


def test_a_clock_of_tokens(config):
    loaded = load(config, {"units": "tokens", "warmup": 200, "decay_fraction": 0.1, "type": "wsd"}, 2050, "tokens")
    expected = {
        0: 1.5e-05,
        10: 0.000165,
        19: 0.0003,
        183: 0.0003,
        184: 0.0002926829268292683,
        190: 0.00020487804878048779,
        204: 0,
    }
    assert loaded.steps == 205
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12, abs=1e-18)


def test_a_hard_stop_ends_the_run_within_its_schedule(config):
    stop = {"hard_stop": {"value": 500, "unit": "tokens"}}
    loaded = load(config, {**COSINE, "warmup": 2000}, 23842, trainer={"hard_stop": {"value": 5000, "unit": "steps"}})
    assert loaded.steps == 5000
    expected = {0: 1.5e-07, 999: 0.00015, 2000: 0.0002999999986035714, 4999: 0.0002876259382772572}
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12)
    assert load(config, COSINE, 2000, "tokens", trainer=stop).steps == 50
    assert load(config, COSINE, 400, "tokens", trainer=stop).steps == 40
    assert load(config, COSINE, trainer=stop, settings=["steps=30"]).steps == 30


def test_a_hard_stop_is_no_finding(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(text(COSINE, trainer={"hard_stop": {"value": 150, "unit": "steps"}}))
    assert [each.code for each in lrplot.check(path) if each.code == "cut-short"] == []


def test_epochs_need_their_updates(config, refused):
    (diagnostic,) = refused(text(COSINE, 2, "epochs"), name="config.json")
    assert (diagnostic.code, diagnostic.help) == (
        "missing-fact",
        "add `--set steps_per_epoch=500`, or `--set steps=1000`",
    )
    assert load(config, COSINE, 2, "epochs", settings=["steps_per_epoch=100"]).steps == 200
    assert refused(text(COSINE, trainer={"max_duration": None}), name="config.json")[0].code == "missing-fact"


def test_tokens_need_those_of_an_update(refused):
    (diagnostic,) = refused(text(COSINE, 2000, "tokens", data_loader=None), name="config.json")
    assert "data_loader.global_batch_size" in diagnostic.help


def test_parameter_groups(config):
    overrides = [
        {"params": ["embeddings.weight"], "opts": {"weight_decay": 0.0}},
        {"params": ["lm_head.*", "x"], "opts": {"lr": 1e-4}},
        {"params": ["blocks.*"], "opts": {"betas": [0.9, 0.99]}},
    ]
    values = load(config, COSINE, optim={"group_overrides": overrides}).evaluate()
    assert sorted(name for name in values if "/" in name) == [
        "lr/embeddings.weight",
        "lr/lm_head.*",
        "weight_decay/embeddings.weight",
    ]
    assert values["lr/lm_head.*"][19] == pytest.approx(1e-4)
    assert values["beta2"][0] == 0.95


def test_the_layout_before_2_0(config):
    old = json.loads(text(COSINE))
    module = old.pop("train_module")
    old["optim"] = module["optim"]
    old["trainer"]["callbacks"] = {"lr_scheduler": {"scheduler": module["scheduler"], "_CLASS_": "SchedulerCallback"}}
    loaded = config(json.dumps(old), name="config.json")
    assert loaded(100) == pytest.approx(0.00018611865278043115, rel=1e-12)


def test_without_a_scheduler_the_rate_is_constant(config):
    assert set(load(config, None).lr.tolist()) == {3e-4}


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"scheduler": {"_CLASS_": "my.code.Zigzag", "warmup": 1}}, "undetermined", '"my.code.Zigzag"'),
        ({"scheduler": {"_CLASS_": "my.code.WSD", "warmup": 1}}, "undetermined", '"my.code.WSD"'),
        ({"scheduler": {"type": "zigzag"}}, "undetermined", '"zigzag"'),
        ({"scheduler": "wsd"}, "bad-type", '"wsd"'),
        ({"scheduler": {**COSINE, "warmups": 3}}, "unknown-field", '"warmups"'),
        (
            {"scheduler": COSINE, "trainer": {"callbacks": {"bs": {"_CLASS_": "a.BatchSizeSchedulerCallback"}}}},
            "undetermined",
            '"bs"',
        ),
        ({"scheduler": COSINE, "optim": {"lr": None}}, "missing-field", ""),
    ],
)
def test_what_is_refused_at_its_place(refused, changes, code, word):
    content = text(**changes)
    (diagnostic,) = refused(content, name="config.json")
    span = diagnostic.span
    assert diagnostic.code == code
    assert not word or content.splitlines()[span.line][span.column : span.end_column] == word


def test_what_has_no_optimizer_lacks_its_rate(refused):
    old = json.loads(text(COSINE))
    old["train_module"]["optim"] = None
    assert refused(json.dumps(old), name="config.json")[0].help == "add `--set train_module.optim.lr=1e-4`"
