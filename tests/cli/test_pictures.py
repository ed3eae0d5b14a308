"""Pictures in hard surroundings: the user's matplotlib settings, limits of the system, signals."""

import os
import resource
import signal
import subprocess
import sys

import pytest
from support import ROOT

from lrplot.cli.pictures import write_picture
from lrplot.diagnostics import Fault

HERE = {"PYTHONPATH": str(ROOT)}
PLOT = [sys.executable, "-m", "lrplot", "plot", "cosine"]
SENDING = """
import os, signal, sys
from lrplot.cli import pictures
def draw(file):
    os.kill(os.getpid(), {number})
    for _ in range(10**6): pass
    return ""
pictures.write_picture(draw, "out.png")
"""


def plotted(path, folder, **environment):
    environment = os.environ | HERE | environment
    done = subprocess.run([*PLOT, "-o", path], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return path.read_bytes()


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "nonsense"])
def test_the_backend_of_the_user_is_not_looked_at(tmp_path, backend):
    assert plotted(tmp_path / "a.png", tmp_path, MPLBACKEND=backend)


def test_the_settings_of_the_user_do_not_change_the_picture(tmp_path):
    plain = plotted(tmp_path / "a.png", tmp_path)
    (tmp_path / "matplotlibrc").write_text("savefig.dpi: 50\nsavefig.bbox: tight\nnonsense here\nbackend: none\n")
    assert plotted(tmp_path / "a.png", tmp_path) == plain


def test_settings_that_are_no_text_are_an_error(tmp_path):
    (tmp_path / "matplotlibrc").write_bytes(b"caf\xe9: 1")
    environment = os.environ | HERE
    done = subprocess.run(
        [*PLOT, "-o", "a.png"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error[no-matplotlib]: matplotlib cannot be imported: 'utf-8' codec")


def test_a_limit_of_the_file_size_is_named(tmp_path):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192))

    path = tmp_path / "x.pdf"
    environment = os.environ | HERE
    done = subprocess.run(
        [*PLOT, "-o", path], preexec_fn=limited, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, f"error[unwritable]: cannot write `{path}`: File too large\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_picture_is_drawn_ends_the_process_at_once(tmp_path, number):
    code = "import signal; signal.signal(signal.SIGHUP, lambda *_: 1); signal.signal(signal.SIGTERM, lambda *_: 1)\n"
    environment = os.environ | HERE
    command = [sys.executable, "-c", code + SENDING.format(number=int(number))]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + number, "")
    assert list(tmp_path.iterdir()) == []


def test_other_faults_are_passed_on(tmp_path):
    def draw(file):
        raise Fault("nothing can be drawn", code="no-matplotlib")

    with pytest.raises(Fault, match="nothing can be drawn"):
        write_picture(draw, str(tmp_path / "a.png"))
    assert list(tmp_path.iterdir()) == []


def test_handlers_and_environment_are_restored(run, tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "svg")
    monkeypatch.delenv("MATPLOTLIBRC", raising=False)
    before = signal.getsignal(signal.SIGINT)
    assert run("plot", "cosine", "-o", tmp_path / "a.png", "--dpi", 50).code == 0
    assert signal.getsignal(signal.SIGINT) is before
    assert os.environ["MPLBACKEND"] == "svg"
    assert "MATPLOTLIBRC" not in os.environ
