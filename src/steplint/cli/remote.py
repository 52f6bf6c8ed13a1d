"""From `--source NAME` to a stream of records: the only place where a pull meets the clock, the environment and the disk."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steplint.cli.host import Host
from steplint.errors import SourceError, SteplintError, UsageError

if TYPE_CHECKING:
    from steplint.config import Settings
    from steplint.records import Org, RecordStream
    from steplint.sources.remote.interface import Source

__all__ = ["named_source", "open_remote", "state_folder"]


def named_source(
    host: Host, name: str, settings: Settings, org: Org, as_of: date, options: Mapping[str, Any]
) -> Source:
    """The source `name` of the configuration, with its settings checked; nothing is asked of it yet."""
    try:
        from steplint.sources.remote.log import RunLog
        from steplint.sources.remote.open import open_named  # noqa: F401 - what a pull needs is there as well
        from steplint.sources.remote.registry import make_source
        from steplint.sources.remote.secrets import Secrets
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("steplint"):
            raise
        kind = settings.sources.get(name, {}).get("type", "sql")
        raise SourceError(
            f"named sources need the package {error.name}", hint=f"pip install 'steplint[{kind}]'"
        ) from None
    from steplint.sources.remote.interface import Context

    if any(options.get(key) for key in ("encoding", "preset", "mapping", "stdin_filename")):
        raise UsageError("--encoding, --preset, --map and --stdin-filename are for files", hint="leave them out")
    home = settings.path.parent if settings.path else host.cwd
    secrets = Secrets(host.env, home)
    log = RunLog(_appending(host, options["log"]), uuid.uuid4().hex[:12], host.now, secrets, options["log_level"])
    context = Context(
        secrets=secrets,
        log=log,
        as_of=as_of,
        now=host.now,
        timezone=org.timezone,
        since=options["since"],
    )
    return make_source(name, settings.sources, settings.origins, context)


def open_remote(host: Host, source: Source, settings: Settings, org: Org, options: Mapping[str, Any]) -> RecordStream:
    """Pull a source; its records."""
    from steplint.sources.remote.open import open_named

    return open_named(
        source,
        org=org,
        state=state_folder(host, options["state"]),
        source_name=settings.source_name,
        allow_empty=options["allow_empty"],
    )


def state_folder(host: Host, given: str | None) -> Path:
    """Where pulls keep their pages: `--state`, STEPLINT_STATE, else the place that the system has for such things."""
    if place := given or host.env.get("STEPLINT_STATE"):
        return host.cwd / place
    if home := host.env.get("XDG_STATE_HOME"):
        return Path(home) / "steplint"
    if home := host.env.get("HOME") or host.env.get("LOCALAPPDATA"):
        return Path(home) / ".local" / "state" / "steplint"
    raise UsageError("there is no home directory to keep pages in", hint="say --state DIR")


def _appending(host: Host, name: str | None) -> Callable[[bytes], object] | None:
    """Adds to a file that is private, opened for each line: it may be rotated, and lines of two runs stay whole."""
    if name is None:
        return None
    path = host.cwd / name

    def append(line: bytes) -> None:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            said = (error.strerror or str(error)).lower()
            raise SteplintError(f"the log cannot be written: {said}", path=name, hint="check --log") from None

    return append
