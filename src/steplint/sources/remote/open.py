"""A named source -> one stream of canonical records, once all of it has been pulled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from steplint.errors import SourceError, SteplintError, TryLater
from steplint.records.mapping import HeaderMap
from steplint.records.org import Org
from steplint.records.schema import SCHEMA
from steplint.records.stream import REJECTED, RecordStream
from steplint.sources.batches import batches_of, closing, settle
from steplint.sources.remote.interface import Plan, Source
from steplint.sources.remote.spool import Spool, pull
from steplint.sources.tables import Table, TextBlock

__all__ = ["open_named", "told"]


def open_named(
    source: Source,
    *,
    org: Org,
    state: Path,
    batch_rows: int = 114_688,
    source_name: str | None = None,
    allow_empty: bool = False,
) -> RecordStream:
    """Pull a source completely, its pages kept below the folder `state`, and give its records lazily.

    A pull that was broken off less than six hours ago is gone on with. Nobody else pulls the same source until the stream is
    closed. SourceError: not everything came. TryLater: another run has the source, or a limit is used up.
    """
    context = source.context
    with told(source), ExitStack() as opened:
        opened.callback(_lock(state / f"{source.name}.lock", source.name).release)
        opened.callback(source.close)
        context.log.write("started", source=source.name, as_of=str(context.as_of), since=str(context.since))
        plan = source.plan()
        _tell_coverage(source, plan)
        identity = "\0".join([type(source).__qualname__, plan.identity, str(context.since), str(context.as_of)])
        spool = Spool(state / source.name, identity, context.now())
        rows = pull(source, plan, spool)
        spool.complete()
        # From here on nothing is fetched any more; what was fetched is of no use to a later run.
        opened.callback(spool.clear)
        names = [name for name in SCHEMA if name in plan.coverage.names]
        headers = tuple(plan.coverage.names[name] for name in names)
        mapping = HeaderMap(headers, {name: place for place, name in enumerate(names)})
        notes = context.notes
        shape = f"source {source.name}, complete"
        table = Table(source.name, source.name, mapping, _blocks(source, plan, rows), notes, shape=shape)
        settled = settle(table, org.date_order, context.as_of)
        close = opened.pop_all().close
    return RecordStream(
        kind=source.name,
        columns=mapping.columns,
        mapping=mapping,
        batches=closing(batches_of([settled], org, context.as_of, batch_rows, source_name, allow_empty, notes), close),
        text_date_order=settled.text_order,
        text_date_order_known=settled.text_known,
        hidden=plan.coverage.hidden,
        notes=notes,
        mappings=((source.name, mapping),),
        shapes=(shape,),
        dropped=[()],
        close=close,
    )


@contextmanager
def told(source: Source) -> Iterator[None]:
    """What goes wrong, in the log and as one line without a secret in it, whoever raised it."""
    secrets, log = source.context.secrets, source.context.log
    try:
        yield
    except SteplintError as error:
        error.message = secrets.scrub(error.message)
        error.hint = secrets.scrub(error.hint) if error.hint else None
        error.args = (error.message,)
        log.write("failed", level="error", why=error.render())
        raise
    except Exception as error:
        # A library's error may quote what it was given: no chain, no traceback.
        said = secrets.scrub(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
        log.write("failed", level="error", why=said)
        raise SourceError(f"{source.name}: {said}", hint="nothing was used; please report this") from None


def _lock(path: Path, name: str) -> FileLock:
    """The lock of a source, taken. The system lets go of it when the process ends, however it ends."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(path, mode=0o600, blocking=False)
        lock.acquire()
    except Timeout:
        raise TryLater(f"another run is pulling {name}", path=str(path), hint="wait until it has ended") from None
    except OSError as error:
        raise SourceError(f"no lock: {error.strerror}", path=str(path), hint="check --state") from None
    return lock


def _tell_coverage(source: Source, plan: Plan) -> None:
    coverage = plan.coverage
    if "next_step" not in coverage.names:
        raise SourceError(
            f"{source.name}: no next step can be read", hint="let the user of the connection see that field"
        )
    source.context.log.write(
        "coverage", asked=coverage.asked, got=list(coverage.names), hidden=coverage.hidden, missing=coverage.missing
    )
    if coverage.missing:
        source.context.notes.append(f"{source.name}: not there: {', '.join(coverage.missing)}")


def _blocks(source: Source, plan: Plan, rows: dict[str, pl.LazyFrame]) -> Iterator[TextBlock]:
    none = pl.DataFrame(schema=REJECTED)
    wanted = {*plan.coverage.names, "id", "url", "kind"}
    count = 0
    with told(source):
        frames = source.records(rows)
    while True:
        with told(source):
            frame = next(frames, None)
        if frame is None:
            break
        columns = [name for name in frame.columns if name in wanted]
        block = frame.select(columns)
        if "kind" not in columns:
            block = block.with_columns(kind=pl.lit(plan.kind))
        count += block.height
        yield TextBlock(block, none)
    source.context.log.write("records", count=count)
