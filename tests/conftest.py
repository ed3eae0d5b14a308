"""Fixtures that several rooms share: specs in few words, spec files, the command line run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support import Result, Run, Scratch

import lrplot
from lrplot import SpecError
from lrplot.cli.main import main

# How long the property tests look: the same few examples by default, new ones with LRPLOT_PROPERTIES=long.
COMMON: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", derandomize=True, max_examples=10, **COMMON)
settings.register_profile("long", max_examples=1_000, **COMMON)
settings.load_profile(os.environ.get("LRPLOT_PROPERTIES", "quick"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `lrplot` with some arguments; its exit code and what it printed."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Result(code or 0, printed.out, printed.err)

    return call


@pytest.fixture
def spec(tmp_path: Path) -> Callable[[str], Path]:
    """Write a spec file."""

    def write(text: str, name: str = "run.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def _spec(schedule: Any, steps: int | None, lr: float | None, more: dict[str, Any]) -> dict[str, Any]:
    given = {"steps": steps, "lr": lr, **more}
    return {key: value for key, value in given.items() if value is not None} | {"schedule": schedule}


@pytest.fixture
def load() -> Callable[..., lrplot.Schedule]:
    """Load a schedule: of 10 steps and a base of 1 unless told otherwise; None leaves a key out."""

    def call(schedule: Any, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> lrplot.Schedule:
        return lrplot.load(_spec(schedule, steps, lr, more))

    return call


@pytest.fixture
def rates(load: Callable[..., lrplot.Schedule]) -> Callable[..., Any]:
    """The learning rate at every step of the run, of 10 steps and a base of 1 unless told otherwise."""

    def call(schedule: Any, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> Any:
        return load(schedule, steps, lr, **more).evaluate()["lr"]

    return call


@pytest.fixture
def refuse() -> Callable[..., None]:
    """Check that a schedule is refused: the first fault's code, and a pattern in its message."""

    def call(schedule: Any, code: str, match: str, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> None:
        with pytest.raises(lrplot.SpecError, match=match) as caught:
            lrplot.load(_spec(schedule, steps, lr, more))
        assert caught.value.diagnostics[0].code == code

    return call


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """An empty git repository, as the working folder; the settings of this machine do not count."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    scratch = Scratch(tmp_path.resolve() / "repository")
    scratch.folder.mkdir()
    scratch.git("init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(scratch.folder)
    return scratch


@pytest.fixture
def write(tmp_path):
    """Write a spec's text (or bytes) to a file; its path."""

    def to_file(content, name="run.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


@pytest.fixture
def read(write):
    """Load a spec from its text."""
    return lambda text, *settings, name="run.yaml": lrplot.load(write(text, name), settings)


@pytest.fixture
def diagnostics(write):
    """What is said of a bad spec, a text or a mapping."""

    def refused(spec, *settings, name="run.yaml"):
        with pytest.raises(SpecError) as error:
            lrplot.load(write(spec, name) if isinstance(spec, str | bytes) else spec, settings)
        return error.value.diagnostics

    return refused


@pytest.fixture
def faults(diagnostics):
    """What is wrong with a bad spec: each fault's code, and the text its caret is under."""

    def refused(spec, *settings, name="run.yaml"):
        return [(each.code, _marked(each.span)) for each in diagnostics(spec, *settings, name=name)]

    return refused


def _marked(span):
    """The text under the caret; without a line the path, without a place nothing."""
    if span is None:
        return ""
    if span.line is None:
        return span.path
    return span.source.lines[span.line][span.column : span.end_column]


@pytest.fixture
def use() -> Callable[..., lrplot.Schedule]:
    """Load a framework's scheduler by name, `use("torch.StepLR", step_size=3)`: 10 steps and a base of 1 by default.

    `spec` holds further keys of the spec, such as `steps_per_epoch`; a `lr` of None leaves it out.
    """

    def call(
        name: str, /, *, steps: int = 10, lr: float | None = 1.0, spec: dict[str, Any] | None = None, **arguments: Any
    ) -> lrplot.Schedule:
        return lrplot.load(_spec({"use": name, **arguments}, steps, lr, spec or {}))

    return call
