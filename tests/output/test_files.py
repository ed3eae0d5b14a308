"""Files are written whole or not at all."""

import os
import stat
import threading

import pytest

from lrplot.output.files import OutputError, whole_file


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


@pytest.mark.parametrize(("where", "reason"), [("", "directory"), ("none/x.csv", "No such file or directory")])
def test_refusals_name_the_file_and_the_reason(tmp_path, where, reason):
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
