"""Files are written completely or not at all."""

import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from lrplot.output.files import OutputError, rewrite, whole_file


def test_new_file_gets_the_umask(tmp_path):
    path = tmp_path / "new.csv"
    before = os.umask(0o027)
    try:
        with whole_file(path) as file:
            file.write(b"whole")
            assert not path.exists()
    finally:
        os.umask(before)
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["new.csv"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")

    def fail():
        with whole_file(path) as file:
            file.write(b"half")
            raise failure

    with pytest.raises(failure, match=r"^$"):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old.csv"]


def test_permissions_and_links_survive(tmp_path):
    path, link = tmp_path / "real.csv", tmp_path / "link.csv"
    path.write_bytes(b"old")
    path.chmod(0o600)
    link.symlink_to(path)
    with whole_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("where", "reason"), [("", "directory"), ("none/x.csv", "the folder `.*none` does not exist")])
def test_errors_name_the_file_and_the_reason(tmp_path, where, reason):
    path = tmp_path / where
    with pytest.raises(OutputError, match=rf"cannot write `.*`: .*{reason}"), whole_file(path) as file:
        file.write(b"")
    assert os.listdir(tmp_path) == []


def test_fifo_is_written_through(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    read = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    with whole_file(path) as file:
        file.write(b"rows")
    reader.join()
    assert read == [b"rows"]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_closed_pipe_is_no_error(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(path) as file:
        os.close(reader)
        file.write(b"x" * 1_000_000)
    assert os.listdir(tmp_path) == ["fifo"]


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_a_pipe_without_a_path_is_written_to(name):
    if not os.path.exists(name.format(0)):
        pytest.skip("this system does not name open files so")
    reader, writer = os.pipe()
    with whole_file(Path(name.format(writer))) as file:
        file.write(b"rows")
    os.close(writer)
    assert os.read(reader, 10) == b"rows"
    os.close(reader)


def test_a_dangling_link_creates_its_target(tmp_path):
    (tmp_path / "link").symlink_to("real")
    with whole_file(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError, match="Too many levels of symbolic links"), whole_file(tmp_path / "loop"):
        pass
    assert os.listdir(tmp_path) == ["loop"]


def test_of_two_simultaneous_writers_the_last_wins(tmp_path):
    path = tmp_path / "out.csv"
    with whole_file(path) as first:
        first.write(b"first" * 10_000)
        with whole_file(path) as second:
            second.write(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first" * 10_000
    assert os.listdir(tmp_path) == ["out.csv"]


AS_NOBODY = """
import os, sys
from pathlib import Path
from lrplot.output.files import OutputError, rewrite, whole_file
os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    with whole_file(Path(sys.argv[1])) as file:
        file.write(b"new")
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize(
    ("folder", "file", "reason"),
    [(0o755, 0o666, "no permission to write in its folder"), (0o777, 0o444, "Permission denied"), (0o777, 0o646, "")],
)
def test_a_read_only_file_is_not_replaced(folder, file, reason):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "out.csv"
        path.write_bytes(b"old")
        path.chmod(file)
        os.chmod(name, folder)
        said = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, path], capture_output=True, check=True, text=True
        ).stdout
        assert said == (f"cannot write `{path}`: {reason}\n" if reason else "")
        assert path.read_bytes() == (b"old" if reason else b"new")
        assert stat.S_IMODE(path.stat().st_mode) == file
        assert os.listdir(name) == ["out.csv"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tmp_path):
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    os.chown(path, 65534, 65534)
    with whole_file(path) as file:
        file.write(b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_a_text_is_replaced_behind_its_byte_order_marks(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfold\r\n")
    rewrite(path, "old\r\n", "± new\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf\xef\xbb\xbf\xc2\xb1 new\r\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_rewritten_and_not_read_again(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OutputError, match="it is not a regular file"):
        rewrite(path, "old", "new")


@pytest.mark.parametrize("content", [b"older", b"an old", b""])
def test_a_text_that_was_changed_meanwhile_is_not_replaced(tmp_path, content):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(OutputError, match="it was changed after it was read"):
        rewrite(path, "old", "new")
    assert path.read_bytes() == content


def test_a_text_whose_file_is_gone_is_not_replaced(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write `.*`: No such file"):
        rewrite(tmp_path / "a.yaml", "old", "new")
    assert os.listdir(tmp_path) == []
