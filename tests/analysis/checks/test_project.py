"""The table `[tool.lrplot]` of a project."""

from __future__ import annotations

import pytest

from lrplot import SpecError
from lrplot.analysis.checks.project import Project, project_at

SPEC = "steps: 10\nlr: 1\nschedule: cosine\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write the project's file, and be in its folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "train/b.yaml", "train/deep/c.yaml", "train/deep/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SPEC)

    def write(text, folder="."):
        (tmp_path / folder / "pyproject.toml").write_text(text)
        return tmp_path

    return write


def faults(folder):
    with pytest.raises(SpecError) as raised:
        project_at(folder)
    return [(each.code, str(each.span)) for each in raised.value.diagnostics]


def test_the_nearest_file_with_the_table_counts(project):
    root = project('[tool.lrplot]\nselect = ["cut-short", "ends-early"]\nignore = ["ends-early"]\n')
    project('[project]\nname = "lrplot"\n', "train")
    expected = Project(frozenset({"cut-short", "ends-early"}), frozenset({"ends-early"}))
    assert project_at(root / "train" / "deep") == expected
    project("[tool.lrplot]\n", "train/deep")
    assert project_at(root / "train" / "deep") == Project()


def test_without_the_table_nothing_is_set(project):
    root = project("[tool.other]\nselect = 1\n")
    assert project_at(root) == Project()
    assert project_at(root).specs_in(".") is None


def test_a_broken_file_that_does_not_name_it_is_none_of_its_own(project):
    assert project_at(project("[tool.other\n")) == Project()


@pytest.mark.parametrize("pattern", [".", "./", "**"])
def test_the_whole_folder_can_be_included(project, pattern):
    root = project(f'[tool.lrplot]\ninclude = ["{pattern}"]\n')
    assert project_at(root).specs_in(".") == ["a.yaml", "train/b.yaml", "train/deep/c.yaml"]


def test_a_word_without_quotes_is_a_pattern_or_none(project):
    assert project_at(project("[tool.lrplot]\ninclude = [inf]\n")).specs == ()


def test_included_files_are_listed_from_the_folder_asked_for(project):
    root = project('[tool.lrplot]\ninclude = ["train/**/*.yaml", "a.yaml", "train/b.yaml"]\n')
    found = project_at(root)
    assert found.specs_in(".") == ["a.yaml", "train/b.yaml", "train/deep/c.yaml"]
    assert found.specs_in("train/deep/..") == ["train/b.yaml", "train/deep/c.yaml"]
    assert found.specs_in(str(root / "train/deep")) == [str(root / "train/deep/c.yaml")]
    assert project_at(root).specs_in("elsewhere") == []


def test_an_included_folder_stands_for_the_specs_in_it(project):
    root = project('[tool.lrplot]\ninclude = ["train"]\n')
    assert project_at(root).specs_in(".") == ["train/b.yaml", "train/deep/c.yaml"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('selct = ["cut-short"]', [("unknown-field", "pyproject.toml:2:1")]),
        (
            'select = ["cut-shrot"]\nignore = ["all"]',
            [("unknown-code", "pyproject.toml:2:11"), ("unknown-code", "pyproject.toml:3:11")],
        ),
        ('select = "cut-short"', [("bad-type", "pyproject.toml:2:10")]),
        ("select = [[1]]", [("bad-type", "pyproject.toml:2:11")]),
        ('include = ["/abs", "", "a/../../b"]', [("bad-value", f"pyproject.toml:2:{at}") for at in (12, 20, 24)]),
        ("include = [", [("syntax", "pyproject.toml:3:1")]),
    ],
)  # fmt: skip
def test_every_fault_has_its_place(project, table, expected):
    found = faults(project(f"[tool.lrplot]\n{table}\n"))
    assert [code for code, _ in found] == [code for code, _ in expected]
    if expected[0][0] != "syntax":
        assert found == expected


def test_a_misspelt_code_is_found(project):
    with pytest.raises(SpecError, match="did you mean `cut-short`"):
        project_at(project('[tool.lrplot]\nselect = ["cut-shrot"]\n'))


def test_the_table_is_a_table(project):
    assert faults(project("tool.lrplot = 1\n")) == [("bad-type", "pyproject.toml:1:15")]


def test_a_file_that_is_no_text_is_an_error(project):
    root = project("")
    (root / "pyproject.toml").write_bytes(b"lrplot \xff\n")
    assert faults(root) == [("unreadable", "None")]
