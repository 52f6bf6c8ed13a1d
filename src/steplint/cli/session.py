"""From options to what a command works with: settings, rules, records and a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from steplint import config
from steplint.cli.host import Host, interruptible
from steplint.errors import UsageError, nearest

if TYPE_CHECKING:
    from steplint.config import Settings
    from steplint.reading import Reader
    from steplint.records import Org, RecordStream
    from steplint.rules import Rule, Selection
    from steplint.sources.remote.log import RunLog

__all__ = [
    "Session",
    "load_rules",
    "load_settings",
    "open_session",
    "rules_here",
    "select_rules",
    "session_of",
    "split_words",
    "today",
]


@dataclass(frozen=True)
class Session:
    """A source that is open, with all that its reading needs."""

    settings: Settings
    org: Org
    as_of: date
    stream: RecordStream
    reader: Reader
    log: RunLog | None = None  # of a pull


def split_words(values: Sequence[str]) -> tuple[str, ...]:
    """Repeated and comma-separated options as one list."""
    return tuple(word for value in values for word in (part.strip() for part in value.split(",")) if word)


def load_rules(settings: Settings, paths: Sequence[str], plugins: Sequence[str]) -> list[Rule]:
    """Shipped rules, those of the configuration and the command line, and plugins'."""
    from steplint.rules import check_references, distinct, load_path, load_plugins, load_shipped

    own = [rule for path in (*settings.rules, *paths) for rule in load_path(path)]
    rules = distinct([*load_shipped(), *own, *load_plugins(plugins)])
    check_references(rules)
    return rules


def select_rules(settings: Settings, rules: Sequence[Rule], options: Mapping[str, Any]) -> Selection:
    """The selection that the options of `rule_options` make on top of the configuration, with its `per_record` exceptions."""
    from steplint.rules import select
    from steplint.rules.exceptions import with_exceptions

    config.check_selectors(settings, rules)
    selection = select(
        rules,
        options["profile"],
        split_words(options["select"]),
        split_words(options["ignore"]),
        split_words(options["extend_select"]),
        dict(options["severity"]),
        options["preview"],
        config=config.choice(settings),
    )
    return replace(selection, rules=with_exceptions(selection.rules, config.record_exemptions(settings)))


def rules_here(host: Host, session: Session, selection: Selection) -> tuple[Rule, ...]:
    """The selected rules as they apply to the files of a session: with the configuration's `per_path` exceptions."""
    from steplint.rules.exceptions import with_exceptions

    paths = [path for path, _ in session.stream.mappings]
    return with_exceptions(selection.rules, config.path_exemptions(session.settings, paths, host.cwd))


def load_settings(host: Host, options: Mapping[str, Any]) -> Settings:
    """The configuration, with what the command line says about the source and the calendar on top."""
    settings = config.load(options["config"], host.cwd, options["isolated"])
    return config.override(
        settings,
        timezone=options.get("timezone"),
        date_order=options.get("date_order"),
        preset=options.get("preset"),
        source_name=options.get("source_name"),
        map={**settings.map, **dict(options["mapping"])} if options.get("mapping") else None,
    )


def open_session(host: Host, paths: Sequence[str], options: Mapping[str, Any]) -> Session:
    """Open the input of a command that has `config_options` and `source_options`; `texts` are taken one a line."""
    settings = load_settings(host, options)
    interruptible()
    org = config.to_org(settings)
    as_of = options["as_of"] or today(host, settings.timezone)
    log = None
    if options.get("source") is not None:
        from steplint.cli.remote import named_source, open_remote

        if paths or options.get("texts") is not None:
            raise UsageError("--source and files are not read together", hint="leave one of them out")
        source = named_source(host, options["source"], settings, org, as_of, options)
        stream, log = open_remote(host, source, settings, org, options), source.context.log
    elif options.get("texts") is not None:
        from steplint.engine.frames import stream_of, texts_frame

        frame = texts_frame(options["texts"])
        stream = stream_of(frame, org=org, as_of=as_of, date_order=org.date_order, source_name="text")
    else:
        from steplint.sources import open_source
        from steplint.triage import BASELINE, SUPPRESSIONS

        stream = open_source(
            paths,
            encoding=options["encoding"],
            preset=settings.preset,
            map=dict(settings.map),
            date_order=settings.date_order,
            org=org,
            as_of=as_of,
            stdin=host.stdin,
            stdin_filename=options["stdin_filename"],
            source_name=settings.source_name,
            allow_empty=options["allow_empty"],
            exclude=config.exclusion(settings, (*config.NAMES, SUPPRESSIONS, BASELINE), host.cwd),
            force_exclude=options.get("force_exclude", False),
        )
    return session_of(settings, org, as_of, stream, log)


def session_of(settings: Settings, org: Org, as_of: date, stream: RecordStream, log: RunLog | None = None) -> Session:
    """An open source with the reader of its texts; `log` is that of its pull."""
    from steplint.reading import Reader

    reader = Reader(
        settings.lexicon,
        date_order=stream.text_date_order,
        date_order_known=stream.text_date_order_known,
        fiscal_start=org.fiscal_start,
    )
    return Session(settings, org, as_of, stream, reader, log)


def today(host: Host, timezone: str | None) -> date:
    """The day it is in a time zone, by name; in the machine's own where none is named."""
    now: datetime = host.now()
    if timezone is None:
        return now.astimezone().date()
    try:
        return now.astimezone(ZoneInfo(timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = nearest(timezone, available_timezones())
        hint = f"did you mean {close}?" if close else "write it like Europe/Berlin"
        raise UsageError(f"no time zone is called {timezone!r}", hint=hint) from None
