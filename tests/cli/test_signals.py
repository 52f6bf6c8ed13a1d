"""Reports that are broken off: by Ctrl-C, by a reader that has seen enough, by a full disk (promises 18 and 19)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steplint.reporters import FORMATS

COMMAND = (sys.executable, "-m", "steplint", "check", "--profile", "all", "--as-of", "2026-01-12")
SECONDS = 10.0  # it takes less than one; a busy machine gets time


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_ctrl_c_is_one_line_and_leaves_files_as_they_were(format_: str, pipeline: str, tmp_path: Path) -> None:
    report = tmp_path / "out/report"
    report.parent.mkdir()
    report.write_text("old", encoding="utf-8")
    header = Path(pipeline).read_bytes()
    command = [*COMMAND, "-", "--format", "text", "--output", f"{format_}:{report}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(header)  # and no end: it goes on waiting for more
        process.stdin.flush()
        _until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
        assert process.stderr
        assert process.stderr.read() == b"steplint: interrupted\n"
    assert report.read_text("utf-8") == "old"
    assert list(report.parent.iterdir()) == [report]


def _until_it_reads(pid: int) -> None:
    """Wait until the process sleeps in a read of its input, or for two seconds where that cannot be seen."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/wchan").read_text("utf-8") in ("pipe_read", "anon_pipe_read"):
                return
        except OSError:
            pass
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="pipes of this kind are POSIX")
@pytest.mark.parametrize("format_", FORMATS)
def test_a_reader_that_has_seen_enough(format_: str, pipeline: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*COMMAND, pipeline, "--format", format_], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no such device")
@pytest.mark.parametrize("format_", FORMATS)
def test_a_full_disk_is_one_line_in_every_format(format_: str, pipeline: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, pipeline, "--format", format_], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"steplint: no space left on device; free some space\n")
