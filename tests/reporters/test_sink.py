"""A report file is old or wholly new, never part (promise 18)."""

import errno
from pathlib import Path

import pytest

from steplint.errors import SteplintError
from steplint.reporters.sink import OutputClosed, atomic_file, guarded


def test_new_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    with atomic_file(str(target)) as out:
        out.write(b"x")
        assert not target.exists()
    assert target.read_bytes() == b"x"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    target.chmod(0o644)

    def write() -> None:
        with atomic_file(str(target)) as out:
            out.write(b"new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        write()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_replaced_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    target, link = tmp_path / "report.json", tmp_path / "link.json"
    target.write_bytes(b"old")
    target.chmod(0o644)
    link.symlink_to(target)
    with atomic_file(str(link)) as out:
        out.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_full_disk_is_one_line() -> None:
    with (
        pytest.raises(SteplintError, match=r"report\.json: no space left on device; free some space"),
        guarded("report.json"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_closed_pipe_is_quiet() -> None:
    with pytest.raises(OutputClosed), guarded("x"):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize("path", ["", "missing/report.json"])
def test_impossible_places(tmp_path: Path, path: str) -> None:
    with pytest.raises(SteplintError), atomic_file(str(tmp_path / path)):
        pass


def test_a_device_is_written_and_stays_a_device() -> None:
    with atomic_file("/dev/null") as out:
        out.write(b"gone")
    assert Path("/dev/null").is_char_device()
