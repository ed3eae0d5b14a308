"""`lrplot convert`."""

import lrplot
from lrplot.cli.commands.convert import TARGETS
from lrplot.emit import EMITTERS


def test_the_spec_of_a_config_is_printed_or_written(run, spec, tmp_path):
    path = spec("max_steps: 10\nlearning_rate: 1\nlr_scheduler_type: linear\n", "args.yaml")
    target = tmp_path / "spec.yaml"
    printed = run("convert", path)
    assert (printed.code, printed.err) == (0, "")
    assert run("convert", path, "-o", target).out == ""
    assert target.read_text(encoding="utf-8") == printed.out
    assert lrplot.load(target)(5) == 0.5


def test_an_unknown_target_is_refused(run):
    result = run("convert", "cosine", "--to", "lrplt")
    assert result.code == 2
    assert "did you mean `lrplot`?" in result.err


def test_help_names_every_target(run):
    assert sorted(TARGETS) == sorted(EMITTERS)
    text = " ".join(run("convert", "--help").out.split())
    assert f"The vocabulary: {', '.join(TARGETS)}." in text


def test_a_schedule_is_printed_as_code(run):
    result = run("convert", "cosine", "--to", "python")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# equal at all 10,000 updates (largest difference ")


def test_what_a_target_cannot_say_is_refused_with_the_nearest(run, spec):
    path = spec("steps: 100\nlr: 1\nschedule:\n  kind: cosine\n  warmup: 9\n")
    refused = run("convert", path, "--to", "torchtitan")
    assert (refused.code, refused.out) == (2, "")
    assert "error[no-equivalent]: torchtitan has no equivalent of `warmup`, updates 0 … 8" in refused.err
    assert ":4:9" in refused.err
    assert "`--nearest` prints it" in " ".join(refused.err.split())
    nearest = run("convert", path, "--to", "torchtitan", "--nearest")
    assert nearest.code == 0
    assert nearest.out.startswith("# not equal: differs by up to 10% of the peak, at update 0; first at update 0\n")
