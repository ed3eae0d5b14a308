"""Git repositories: the names of revisions, the files that differ, and nothing that is run or written."""

import hashlib
import os

import pytest

from lrplot.diagnostics import Fault
from lrplot.spec.repository import Repository

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


@pytest.fixture
def opened(scratch):
    """Open the repository around a folder, and close it at the end."""
    repositories = []

    def at(folder=None):
        repository = Repository.around(folder or scratch.folder)
        repositories.append(repository)
        return repository.__enter__()

    yield at
    for each in repositories:
        each.__exit__()


def altered(repository, revision="HEAD"):
    """The paths that differ, each with whether it is there before and after."""
    files = repository.altered(repository.ends(revision))
    return {each.path: (each.old is not None, each.new is not None) for each in files}


def test_a_revision_is_compared_with_the_working_tree(scratch, opened):
    first = scratch.commit({"a.yaml": "1"})
    scratch.git("tag", "--annotate", "v1", "--message", "a tag")
    for name in ("HEAD", "main", "v1", first[:10]):
        ends = opened().ends(name)
        assert (ends.before, ends.after, ends.old, ends.new) == (name, "the working tree", first, None)


def test_two_dots_are_two_revisions_and_three_begin_at_the_merge_base(scratch, opened):
    base = scratch.commit({"a": "1"})
    scratch.git("switch", "--quiet", "--create", "topic")
    topic = scratch.commit({"b": "1"})
    scratch.git("switch", "--quiet", "main")
    main = scratch.commit({"c": "1"})
    ends = opened().ends
    assert [(each.old, each.new) for each in map(ends, ("topic..main", "topic..", "..topic", "main...topic"))] == [
        (topic, main), (topic, main), (main, topic), (base, topic)
    ]  # fmt: skip
    assert ends("main...topic").before == "the merge base of main and topic"


def test_histories_without_a_common_commit_have_no_merge_base(scratch, opened):
    scratch.commit({"a": "1"})
    scratch.git("switch", "--quiet", "--orphan", "other")
    scratch.commit({"b": "1"})
    with pytest.raises(Fault, match="`main` and `other` have no common commit here"):
        opened().ends("main...other")


@pytest.mark.parametrize(
    ("revision", "help"), [("mian", "did you mean `main`?"), ("main..mian", "did you mean `main`?"), ("-p", "name a c")]
)
def test_an_unknown_revision_is_a_fault_with_the_nearest_name(scratch, opened, revision, help):
    scratch.commit({"a": "1"})
    with pytest.raises(Fault, match="there is no revision") as caught:
        opened().ends(revision)
    assert caught.value.help.startswith(help)


def test_a_repository_without_commits_has_no_head(opened):
    with pytest.raises(Fault, match="there is no revision `HEAD`") as caught:
        opened().ends("HEAD")
    assert caught.value.help == "the repository has no commit yet"


def test_a_shallow_clone_lacks_older_commits(scratch, opened):
    first = scratch.commit({"a": "1"})
    scratch.commit({"a": "2"})
    scratch.git("clone", "--quiet", "--depth=1", scratch.folder.as_uri(), "../shallow")
    with pytest.raises(Fault) as caught:
        opened(scratch.folder.parent / "shallow").ends(first)
    assert caught.value.help == "this clone is shallow: fetch more of its history, such as by `git fetch --unshallow`"


def test_a_folder_outside_of_repositories_is_a_fault(tmp_path, monkeypatch, scratch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(Fault, match="no repository can be read here: not a git repository"):
        Repository.around(tmp_path)


def test_git_may_not_be_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match="git cannot be run") as caught:
        Repository.around(tmp_path)
    assert caught.value.help == "install git"


def test_a_bare_repository_has_revisions_but_no_working_tree(scratch, opened):
    first, second = scratch.commit({"a.yaml": "1"}), scratch.commit({"a.yaml": "2"})
    scratch.git("clone", "--quiet", "--bare", ".", "../bare.git")
    bare = opened(scratch.folder.parent / "bare.git")
    assert altered(bare, f"{first}..{second}") == {"a.yaml": (True, True)}
    with pytest.raises(Fault, match="no working tree here"):
        bare.ends("main")


def test_a_linked_working_tree_has_its_own_files(scratch, opened):
    first = scratch.commit({"a.yaml": "1"})
    scratch.commit({"a.yaml": "2"})
    scratch.git("worktree", "add", "--quiet", "--detach", "../linked", first)
    linked = opened(scratch.folder.parent / "linked")
    assert altered(linked, "HEAD") == {}
    assert altered(linked, "main") == {"a.yaml": (True, True)}


def test_added_removed_and_changed_files_differ(scratch, opened):
    scratch.commit({"kept": "1", "changed": "1", "removed": "1", "unstaged": "1", "mode": "1"})
    scratch.write({"added": "1", "changed": "2"}).git("add", "--all")
    scratch.write({"removed": None, "unstaged": "2", "untracked": "1", "intended": "1"})
    scratch.git("add", "--intent-to-add", "intended")
    assert altered(opened()) == {
        "added": (False, True),
        "changed": (True, True),
        "intended": (False, True),
        "removed": (True, False),
        "unstaged": (True, True),
    }
    scratch.git("commit", "--quiet", "--all", "--message", "a commit")
    assert altered(opened(), "HEAD~1..HEAD") == altered(opened(), "HEAD~1")


def test_odd_names_are_read_as_they_are(scratch, opened):
    names = [
        "a b.yaml",
        "new\nline.yaml",
        "täb\t\\n|\"'.yaml",
        os.fsdecode(b"by\xfftes.yaml"),
        "-n.yaml",
        ":(top)x.yaml",
    ]
    scratch.commit(dict.fromkeys(names, "steps: 1\n_base_"))
    scratch.write(dict.fromkeys(names, "steps: 2\n_base_"))
    repository = opened()
    assert set(altered(repository)) == set(names)
    assert set(repository.containing(None, ["_base_"], [".yaml"])) == set(names)
    assert set(repository.containing("HEAD", ["_base_"], [".yaml"])) == set(names)
    tree = repository.tree("HEAD")
    assert {name: repository.content(tree.files[name]) for name in names} == dict.fromkeys(names, b"steps: 1\n_base_")


def test_links_and_submodules_are_no_files(scratch, opened):
    inner = scratch.folder / "inner"
    inner.mkdir()
    scratch.git("init", "--quiet", folder=inner)
    scratch.git("commit", "--quiet", "--allow-empty", "--message", "a commit", folder=inner)
    (scratch.folder / "link").symlink_to("a")
    scratch.commit({"a": "1", "deep/er/b": "1"})
    tree = opened().tree("HEAD")
    assert (set(tree.files), set(tree.links), tree.folders) == ({"a", "deep/er/b"}, {"link"}, {"deep", "deep/er"})
    (scratch.folder / "link").unlink()
    (scratch.folder / "link").symlink_to("deep")
    scratch.write({"inner/c": "1"})
    assert altered(opened()) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_file_that_a_pipe_replaces_is_removed_and_the_pipe_not_read(scratch, opened):
    scratch.commit({"a.yaml": "1\n"})
    scratch.write({"a.yaml": None})
    os.mkfifo(scratch.folder / "a.yaml")
    assert altered(opened()) == {"a.yaml": (True, False)}


def test_a_file_that_was_only_touched_or_checked_out_with_other_line_ends_is_the_same(scratch, opened):
    content = "steps: 1\nlr: 1\n"
    large = b"x" * 1000
    pointer = POINTER.format(hashlib.sha256(large).hexdigest(), len(large))
    scratch.commit({"touched": content, "windows": content, "large": pointer})
    scratch.write({"touched": content, "windows": content.replace("\n", "\r\n"), "large": large})
    os.utime(scratch.folder / "touched", (1, 1))
    assert altered(opened()) == {}
    scratch.write({"large": large + b"x"})
    assert altered(opened()) == {"large": (True, True)}


def test_nothing_in_the_repository_is_run_or_written(scratch, opened):
    scratch.commit({"a.yaml": "steps: 1\n", ".gitattributes": "* filter=evil diff=evil\n"})
    program = scratch.folder / ".git" / "evil"
    program.write_text(f"#!/bin/sh\necho >> '{scratch.folder.parent}/evil'\ncat\n")
    program.chmod(0o755)
    (scratch.folder / ".git" / "hooks" / "post-index-change").symlink_to(program)
    keys = ("filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "core.pager", "diff.external", "alias.grep")
    for key in (*keys, "diff.evil.textconv", "diff.evil.command"):
        scratch.git("config", key, f"!{program}" if key.startswith("alias") else str(program))
    scratch.git("config", "filter.evil.required", "true")
    scratch.write({"a.yaml": "steps: 2\n"})
    os.utime(scratch.folder / ".git" / "index", (1, 1))  # git looks into files that are newer

    def state():
        inside = (scratch.folder / ".git").rglob("*")
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in inside if path.is_file()}

    before = state()
    repository = opened()
    assert altered(repository) == {"a.yaml": (True, True)}
    assert repository.containing(None, ["steps"], [".yaml"]) == ["a.yaml"]
    assert repository.content(repository.tree("HEAD").files["a.yaml"]) == b"steps: 1\n"
    assert state() == before
    assert not (scratch.folder.parent / "evil").exists()


def test_a_filter_that_cannot_be_switched_off_is_refused(scratch, opened):
    scratch.git("config", "filter.a=b.clean", "false")
    with pytest.raises(Fault, match=r"the filter `filter\.a=b` of git cannot be switched off"):
        opened()


def test_an_object_that_the_clone_lacks_is_a_fault(scratch, opened):
    scratch.commit({"a": "1"})
    with pytest.raises(Fault, match="this clone lacks the object 00000"):
        opened().content("0" * 40)


def test_a_broken_repository_is_a_fault(scratch, opened):
    scratch.commit({"a.yaml": "1"})
    tree = scratch.git("rev-parse", "HEAD^{tree}")
    (scratch.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    repository = opened()
    with pytest.raises(Fault, match="git cannot read the repository: "):
        repository.tree("HEAD")
    with pytest.raises(Fault, match="git cannot read the repository: "):
        repository.containing("HEAD", ["a"], [".yaml"])


def test_very_large_files_are_not_looked_into(scratch, opened, monkeypatch):
    monkeypatch.setattr("lrplot.spec.repository.LARGEST", 10)
    scratch.commit({"a": "x" * 11})
    os.utime(scratch.folder / "a", (1, 1))
    assert altered(opened()) == {"a": (True, True)}


def test_many_objects_are_read_in_order(scratch, opened):
    scratch.commit({f"{index}": f"content {index}" for index in range(600)})
    repository = opened()
    files = repository.tree("HEAD").files
    found = repository.contents([files[str(index)] for index in range(600)])
    assert list(found) == [f"content {index}".encode() for index in range(600)]


def test_texts_are_looked_for_in_files_with_a_suffix(scratch, opened):
    commit = scratch.commit({"a.yaml": "x: _base_", "B.YAML": "x: _base_", "a.c": "_base_", "b/a.py": "base\n"})
    scratch.write({"b/a.py": "base\n_base_\n"})
    repository = opened(scratch.folder / "b")
    assert sorted(repository.containing(None, ["_base_", "none"], [".yaml", ".py"])) == ["B.YAML", "a.yaml", "b/a.py"]
    assert sorted(repository.containing(commit, ["_base_"], [".yaml", ".py"])) == ["B.YAML", "a.yaml"]
    assert repository.containing(None, ["nothing"], [".yaml"]) == []
