"""A PostgreSQL server of one's own for tests and benchmarks: on loopback, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "correct horse battery"  # noqa: S105 - of a server that lives for a test
_MISSING = "PostgreSQL's initdb and pg_ctl are missing; on Debian: apt-get install postgresql"
_TRIES = 5


class NoPostgres(Exception):
    """This machine has no PostgreSQL server to start."""


@dataclass(frozen=True)
class Cluster:
    """A running server: its superuser is `postgres`, with PASSWORD."""

    port: int
    folder: Path

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = PASSWORD) -> str:
        """The address of a database, for SQLAlchemy; without password where that is None."""
        secret = f":{password.replace(' ', '%20')}" if password is not None else ""
        return f"postgresql+psycopg://{user}{secret}@127.0.0.1:{self.port}/{database}"


def binaries() -> Path:
    """The folder of initdb and pg_ctl: Debian keeps them off the PATH. NoPostgres: there is none."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in [*([Path(found).resolve().parent] if found else []), *folders]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres(_MISSING)


@contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """Start a new, empty server, and stop and remove it at the end. `settings` are lines of postgresql.conf."""
    tools = binaries()
    with tempfile.TemporaryDirectory(prefix="steplint-postgres-") as name:
        folder = Path(name)
        data = folder / "data"
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        account = _account()
        if account:
            for path in (folder, secret):
                shutil.chown(path, account, account)
        _run(
            [tools / "initdb", "--pgdata", data, "--username=postgres", "--pwfile", secret, "--auth=scram-sha-256",
             "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"],
            account,
        )  # fmt: skip
        conf = data / "postgresql.conf"
        quiet = ("listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "fsync = off", *settings)
        with conf.open("a", encoding="utf-8") as lines:
            lines.write("\n".join(quiet) + "\n")
        port = _start(tools, data, account)
        try:
            yield Cluster(port, folder)
        finally:
            _run([tools / "pg_ctl", "stop", "--pgdata", data, "--mode=immediate", "--wait"], account)


def _start(tools: Path, data: Path, account: str | None) -> int:
    """Another program may take a free port between looking and starting: then once more."""
    log = data.parent / "log"
    for attempt in range(_TRIES):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        try:
            _run([tools / "pg_ctl", "start", "--pgdata", data, "--log", log, "-o", f"-p {port}", "--wait"], account)
        except RuntimeError:
            if attempt == _TRIES - 1:
                raise RuntimeError(log.read_text("utf-8", "replace")) from None
        else:
            return port
    raise AssertionError


def _account() -> str | None:
    """PostgreSQL refuses to run as root: then as its own user, which the package makes."""
    if os.geteuid() != 0:
        return None
    import pwd  # not on every system

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise NoPostgres(_MISSING) from None


def _run(command: list[str | Path], account: str | None) -> None:
    # Its output goes to a file: the server would keep a pipe open, and the call would never end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            user=account,
            group=account,
            extra_groups=[] if account else None,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode("utf-8", "replace"))
