"""A real CRM on loopback: Django CRM in an environment of its own, its pages served by itself, its data in PostgreSQL.

It is software of others under the AGPL: downloaded by the tests, run as separate processes, never imported here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from filelock import FileLock
from tests.servers.postgres import PASSWORD, Cluster

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build"
PROGRAM = "django-crm-admin==1.7.0"
SECRET = "a rep's own password"  # noqa: S105 - of a CRM that lives for a test
#: Data as the CRM ships it, and its users: two reps (one without a proper name) and a sales manager.
PREPARE = f"""
from django.contrib.auth.models import User
from django.core.management import call_command

call_command("setupdata", verbosity=0)
for name, first, last, chief in (("ana", "Ana", "Reyes", False), ("bo", "", "", False), ("kim", "Kim", "Chief", True)):
    user = User.objects.create_user(
        name, f"{{name}}@example.com", {SECRET!r}, first_name=first, last_name=last, is_staff=True, is_superuser=chief
    )
    user.groups.set([1, 9])  # managers; Global sales
"""
_PATIENCE = 60


class NoCrm(Exception):
    """The CRM cannot be installed here."""


def installed() -> Path:
    """The CRM's folder under build/, made when it is not there: `env` and `app`. NoCrm: pip cannot get it."""
    texts = (HERE / "requirements.txt").read_bytes() + PROGRAM.encode() + sys.version.encode()
    folder = BUILD / f"crm-{hashlib.sha256(texts).hexdigest()[:12]}"
    BUILD.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, "-m", "venv", folder / "env"])
            pip = [
                _python(folder),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--no-compile",
            ]
            _run([*pip, "--requirement", HERE / "requirements.txt"])
            _run([*pip, "--target", folder / "app", PROGRAM])
            (folder / "ready").touch()
    shutil.copy(HERE / "settings.py", folder / "app" / "steplint_settings.py")
    return folder


@contextmanager
def serving(folder: Path, cluster: Cluster) -> Iterator[str]:
    """Fill the database `crm` of the cluster, which is there and empty, and serve the site: its address."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "DJANGO_SETTINGS_MODULE": "steplint_settings",
        "CRM_PORT": str(cluster.port),
        "CRM_PASSWORD": PASSWORD,
    }
    manage = [_python(folder), "manage.py"]
    _run([*manage, "shell", "--no-imports", "--command", PREPARE], cwd=folder / "app", env=environment)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    with (cluster.folder / "crm.log").open("wb") as log:
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", host], cwd=folder / "app", env=environment, stdout=log, stderr=log
        )
        try:
            site = f"http://{host}/en/123/"
            _wait(site, server)
            yield site
        finally:
            server.terminate()
            server.wait()


def _wait(site: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE * 5):
        try:
            requests.get(site, timeout=_PATIENCE)
        except requests.ConnectionError:
            assert server.poll() is None, "the CRM's server ended"
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the CRM's server does not answer")


def _python(folder: Path) -> Path:
    return folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"


def _run(command: list[str | Path], cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        error = RuntimeError if env else NoCrm
        raise error(f"{' '.join(map(str, command[:5]))} ended with {done.returncode}: {done.stderr[-800:]}")
