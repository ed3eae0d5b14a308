"""Specs and configs between two states of a repository: which changed, and which read a file that changed."""

from contextlib import suppress
from pathlib import Path

import pytest

import lrplot
from lrplot.diagnostics import Fault
from lrplot.spec.revisions import Pair, Revisions

SPEC = "steps: 10\nlr: 1\nschedule: linear\n"
STEPPED = "optimizer = dict(type='SGD', lr=0.1)\nlr_config = dict(policy='step', by_epoch=False, step=[{}])\n"
RUNNER = "runner = dict(type='IterBasedRunner', max_iters=10)\n"
ARGUMENTS = "output_dir: o\nlearning_rate: 0.1\nmax_steps: 10\nlr_scheduler_type: linear\n"
DEEPSPEED = '{{"scheduler": {{"type": "WarmupLR", "params": {{"warmup_max_lr": 0.1, "warmup_num_steps": {}}}}}}}'


def pairs(revision="HEAD", *paths, folder=Path()):
    """The specs that differ, each loaded in the state after to see what it reads."""
    with Revisions.between(revision, paths, folder) as both:

        def reads(path):
            with both.after.reading() as asked, suppress(lrplot.SpecError):
                lrplot.load(both.repository.top / path)
            return asked

        return both.pairs(reads)


def read(revision, path, side="before"):
    """The learning rates of a spec in one state."""
    with Revisions.between(revision, (), Path()) as both, getattr(both, side).reading():
        return lrplot.load(both.repository.top / path).lr.tolist()


def test_changed_added_and_removed_specs_are_listed(scratch):
    scratch.commit({"a.yaml": SPEC, "b.yaml": SPEC, "c.yaml": SPEC, "notes.yaml": "a: 1\n", "data.json": "[]"})
    added = 'steps = 7\nlr = 3\n[schedule]\nkind = "cosine"\n'
    scratch.write({"a.yaml": SPEC + "# x\n", "b.yaml": None, "d.toml": added, "notes.yaml": "a: 2\n"})
    scratch.write({"data.json": "[1]"}).git("add", "--all")
    assert pairs() == [Pair("a.yaml", "a.yaml"), Pair("b.yaml", None), Pair(None, "d.toml")]


def test_a_file_that_becomes_a_spec_or_stops_being_one_is_listed(scratch):
    scratch.commit({"a.yaml": SPEC, "b.yaml": "a: 1\n"})
    scratch.write({"a.yaml": "a: 1\n", "b.yaml": SPEC})
    assert pairs() == [Pair("a.yaml", "a.yaml"), Pair("b.yaml", "b.yaml")]


def test_a_renamed_spec_is_paired_with_the_one_that_has_most_of_its_bytes(scratch):
    long = SPEC + "name: the first of them\n"
    scratch.commit({"a.yaml": long, "b.yaml": "steps: 77\nlr: 5\nschedule: cosine\n"})
    scratch.write({"a.yaml": None, "b.yaml": None, "x/a2.yaml": long.replace("lr: 1", "lr: 2")})
    scratch.write({"x/new.yaml": "steps: 8\nlr: 9\nschedule: sqrt\n"}).git("add", "--all")
    assert pairs() == [Pair("b.yaml", None), Pair("a.yaml", "x/a2.yaml"), Pair(None, "x/new.yaml")]


def test_of_very_many_files_none_is_paired(scratch, monkeypatch):
    monkeypatch.setattr("lrplot.spec.revisions.MOST_RENAMES", 0)
    scratch.commit({"a.yaml": SPEC})
    scratch.git("mv", "a.yaml", "b.yaml")
    assert pairs() == [Pair("a.yaml", None), Pair(None, "b.yaml")]


def test_configs_that_build_on_a_changed_file_are_listed_and_the_file_is_not(scratch):
    scratch.commit(
        {
            "base/step.py": STEPPED.format(5) + RUNNER,
            "middle.py": "_base_ = 'base/step.py'\n",
            "top/leaf.py": "_base_ = ['../middle.py']\n",
            "top/other.py": STEPPED.format(5) + RUNNER,
            "top/step.py": "step = 1\n",
        }
    )
    scratch.write({"base/step.py": STEPPED.format(7) + RUNNER})
    through = ("base/step.py",)
    assert pairs() == [Pair("middle.py", "middle.py", through), Pair("top/leaf.py", "top/leaf.py", through)]
    assert pairs("HEAD", "base/step.py") == [Pair("base/step.py", "base/step.py")]
    assert pairs("HEAD", "top") == [Pair("top/leaf.py", "top/leaf.py", through)]
    assert read("HEAD", "top/leaf.py")[4:8] == pytest.approx([0.1, 0.01, 0.01, 0.01])
    assert read("HEAD", "top/leaf.py", "after")[4:8] == pytest.approx([0.1, 0.1, 0.1, 0.01])


def test_configs_that_name_a_changed_file_are_listed(scratch):
    scratch.commit({"args.yaml": ARGUMENTS + "deepspeed: conf/ds.json\n", "conf/ds.json": DEEPSPEED.format(2)})
    scratch.write({"conf/ds.json": DEEPSPEED.format(4)})
    assert pairs() == [Pair("args.yaml", "args.yaml", ("conf/ds.json",))]


@pytest.mark.parametrize("name", ["rates.csv", "rates.txt", "rates", "my rates-2.dat"])
def test_a_table_is_a_file_that_a_spec_reads(scratch, name):
    table = f"steps: 3\nlr: 1\nschedule: {{kind: table, file: {name}}}\n"
    scratch.commit({"a.yaml": table, name: "step,lr\n0,1\n1,2\n2,3\n"})
    scratch.write({name: "step,lr\n0,1\n1,2\n2,4\n"})
    assert pairs() == [Pair("a.yaml", "a.yaml", (name,))]
    assert (read("HEAD", "a.yaml"), read("HEAD", "a.yaml", "after")) == ([1, 2, 3], [1, 2, 4])


def test_a_file_that_is_read_because_it_lies_beside_is_found(scratch):
    options = (
        "weights: x\ncfg: ''\ndata: coco.yaml\nhyp: scratch\nepochs: 10\nbatch_size: 16\nimgsz: 640\nresume: false\n"
    )
    hyper = "lr0: 0.01\nlrf: {}\nmomentum: 0.9\nwarmup_epochs: 0\nwarmup_momentum: 0.8\nwarmup_bias_lr: 0.1\n"
    scratch.commit({"run/opt.yaml": options, "run/hyp.yaml": hyper.format(0.1)})
    scratch.write({"run/hyp.yaml": hyper.format(0.2)})
    assert pairs() == [Pair("run/opt.yaml", "run/opt.yaml", ("run/hyp.yaml",))]


def test_a_removed_file_concerns_those_that_still_name_it(scratch):
    scratch.commit({"a.py": "_base_ = 'base.py'\n" + RUNNER, "base.py": STEPPED.format(5) + RUNNER})
    scratch.write({"base.py": None})
    assert pairs() == [Pair("a.py", "a.py", ("base.py",))]


def test_two_revisions_are_read_without_the_working_tree(scratch):
    scratch.commit({"args.yaml": ARGUMENTS + "deepspeed: ds.json\n", "ds.json": DEEPSPEED.format(2)})
    scratch.commit({"ds.json": DEEPSPEED.format(4)})
    scratch.write({"ds.json": "broken", "args.yaml": "broken"})
    assert pairs("HEAD~1..HEAD") == [Pair("args.yaml", "args.yaml", ("ds.json",))]
    assert read("HEAD~1..HEAD", "args.yaml")[2:] == [0.1] * 8
    assert read("HEAD~1..HEAD", "args.yaml", "after")[3] < 0.1


def test_untracked_files_count_in_both_states_but_not_in_two_revisions(scratch):
    scratch.commit({"args.yaml": ARGUMENTS + "deepspeed: ds.json\n", ".gitignore": "ds.json\n"})
    scratch.commit({"args.yaml": ARGUMENTS + "seed: 1\ndeepspeed: ds.json\n"})
    scratch.write({"ds.json": DEEPSPEED.format(2)})
    assert read("HEAD~1", "args.yaml") == read("HEAD~1", "args.yaml", "after")
    with pytest.raises(lrplot.SpecError, match="no such file"):
        read("HEAD~1..HEAD", "args.yaml")


def test_a_file_that_git_has_tracked_since_is_not_there_before(scratch):
    scratch.commit({"args.yaml": ARGUMENTS + "deepspeed: ds.json\n"})
    scratch.commit({"ds.json": DEEPSPEED.format(2)})
    with pytest.raises(lrplot.SpecError, match="no such file"):
        read("HEAD~1", "args.yaml")


def test_files_outside_of_the_repository_are_those_on_disk(scratch):
    (scratch.folder.parent / "ds.json").write_text(DEEPSPEED.format(2))
    scratch.commit({"args.yaml": ARGUMENTS + "deepspeed: ../ds.json\n"})
    assert read("HEAD", "args.yaml")[2:] == [0.1] * 8


def test_links_are_followed_inside_the_revision_only(scratch):
    scratch.commit({"real/ds.json": DEEPSPEED.format(2)})
    for name, target in {
        "link.json": "real/ds.json",
        "folder": "real",
        "circle.json": "circle.json",
        "out.json": "../ds.json",
        "root.json": "/etc/passwd",
    }.items():
        (scratch.folder / name).symlink_to(target)
    names = ("link.json", "folder/ds.json", "circle.json", "out.json", "root.json")
    scratch.commit({f"{index}.yaml": f"{ARGUMENTS}deepspeed: {name}\n" for index, name in enumerate(names)})
    (scratch.folder.parent / "ds.json").write_text(DEEPSPEED.format(2))
    for name in ("link.json", "folder", "circle.json", "out.json", "root.json"):
        (scratch.folder / name).unlink()
    for index in (0, 1):
        assert read("HEAD", f"{index}.yaml")[2:] == [0.1] * 8
    for index in (2, 3, 4):
        with pytest.raises(lrplot.SpecError, match="no such file"):
            read("HEAD", f"{index}.yaml")


def test_a_name_that_is_no_path_names_no_file(scratch):
    scratch.commit({"args.yaml": ARGUMENTS + 'deepspeed: "a\\0b.json"\n'})
    for side in ("before", "after"):
        with pytest.raises(lrplot.SpecError):
            read("HEAD", "args.yaml", side)


def test_paths_are_relative_to_the_folder(scratch):
    scratch.commit({"a/x.yaml": SPEC, "b/x.yaml": SPEC, "b.yaml": SPEC})
    scratch.write(dict.fromkeys(("a/x.yaml", "b/x.yaml", "b.yaml"), SPEC + "\n"))
    inside = scratch.folder / "a"
    assert [each.path for each in pairs(folder=inside)] == ["a/x.yaml", "b.yaml", "b/x.yaml"]
    assert [each.path for each in pairs("HEAD", ".", folder=inside)] == ["a/x.yaml"]
    assert [each.path for each in pairs("HEAD", "../b", "x.yaml", folder=inside)] == ["a/x.yaml", "b/x.yaml"]
    assert [each.path for each in pairs("HEAD", str(scratch.folder), folder=inside)] == [
        "a/x.yaml",
        "b.yaml",
        "b/x.yaml",
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nix.yaml", "`nix.yaml` is no file or folder that git knows in either state"),
        ("..", "`..` is outside of the repository"),
        ("a\0b", "this is no path"),
    ],
)
def test_a_path_that_is_not_there_is_a_fault(scratch, path, message):
    scratch.commit({"a.yaml": SPEC})
    with pytest.raises(Fault, match=message):
        pairs("HEAD", path)


def test_a_removed_file_is_a_path_too(scratch):
    scratch.commit({"a/x.yaml": SPEC})
    scratch.write({"a/x.yaml": None})
    assert pairs("HEAD", "a") == pairs("HEAD", "a/x.yaml") == [Pair("a/x.yaml", None)]


@pytest.mark.parametrize(
    ("name", "before", "after", "same"),
    [
        ("a.yaml", SPEC, "# new\nsteps:   10\nlr: 1\nschedule:\n  linear\n", True),
        ("a.yaml", SPEC, SPEC + "name: x\n", False),
        ("a.yaml", SPEC, SPEC.replace("lr: 1", "lr: 1.0"), False),
        ("a.py", STEPPED.format(5), "# new\n" + STEPPED.format(5).replace("\n", "  # x\n\n"), True),
        ("a.py", STEPPED.format(5), STEPPED.format(5) + "x = 1\n", False),
        ("a.sh", "train --lr 1\n", "# new\ntrain --lr 1\n", False),
        ("a.yaml", SPEC, "steps: [\n", False),
    ],
)
def test_only_comments_and_layout(scratch, name, before, after, same):
    scratch.commit({name: before})
    scratch.write({name: after})
    with Revisions.between("HEAD", (), Path()) as both:
        assert both.says_the_same(Pair(name, name)) is same
        assert not both.says_the_same(Pair(None, name))
