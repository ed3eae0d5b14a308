"""`lrplot convert`."""

import lrplot


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
