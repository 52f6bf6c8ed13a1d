"""`steplint suppress`: excuse findings of a rule on a record, with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from steplint.cli.host import Host
from steplint.cli.options import DAY, config_options
from steplint.errors import UsageError


@click.command("suppress", short_help="Excuse a finding on a record, with a reason.")
@click.option(
    "--rule", metavar="CODE|NAME", required=True, help="The rule; the beginning of codes, such as WHEN, for several."
)
@click.option(
    "--record", "records", metavar="ID", multiple=True, required=True, help="The record's id; may be repeated."
)
@click.option("--reason", metavar="TEXT", required=True, help="Why this is excused.")
@click.option("--until", type=DAY, help="The last day it is excused (default: for good).")
@click.option("--by", metavar="NAME", help="Who excuses it.")
@click.option("--field", metavar="COLUMN", help="Only findings on this column, such as next_step.")
@click.option("--rules", metavar="PATH", multiple=True, help="Load rules from this file or folder too.")
@click.option("--plugin", metavar="MODULE", multiple=True, help="Load rules from this installed Python module.")
@config_options
@click.pass_obj
def command(
    host: Host, /, rule: str, records: tuple[str, ...], reason: str, until: date | None, by: str | None, **options: Any
) -> int:
    """Add an entry to the suppression file, which is made where there is none: steplint-suppressions.yaml beside the
    configuration, or in the working directory. What stands in it already is left as it is; what it says already is not said
    twice.
    """
    from steplint.cli.session import load_rules, load_settings, today
    from steplint.cli.triaging import shown, suppression_file
    from steplint.reporters.sink import atomic_file
    from steplint.triage import appended

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    if until is not None and until < today(host, settings.timezone):
        raise UsageError(f"--until {until} is over", hint="name a day to come")
    file = suppression_file(host, settings)
    name = shown(host, file)
    before = file.read_bytes() if file.exists() else b""
    after = appended(
        before,
        known,
        rule=rule,
        records=list(dict.fromkeys(records)),
        reason=reason,
        until=until,
        by=by,
        field=options["field"],
        mandatory=settings.mandatory,
        shown=name,
    )
    whom = records[0] if len(records) == 1 else f"{len(records)} records"
    if after == before:
        host.say(f"{name} excuses {rule} on {whom} already.")
        return 0
    with atomic_file(str(file), 0o644) as out:
        out.write(after)
    host.say(f"{name}: {rule} is excused on {whom}{f' until {until}' if until else ''}.")
    return 0
