"""`steplint schema`: JSON Schemas, for editors and for those who read findings."""

from __future__ import annotations

import json

import click

from steplint.cli.host import Host
from steplint.cli.options import Word


@click.command("schema", short_help="Print the JSON Schema of a kind of file.")
@click.argument("kind", type=Word(("config", "rule", "profile", "finding", "suppressions"), "kind of file"))
@click.pass_obj
def command(host: Host, kind: str) -> int:
    """Print the JSON Schema (2020-12) of a configuration, a rule file, a profile, suppressions, or a finding in JSON reports."""
    if kind == "finding":
        from steplint.findings.json_schema import finding_schema

        schema = finding_schema()
    elif kind == "suppressions":
        from steplint.triage import suppression_schema

        schema = suppression_schema()
    else:
        from steplint.config import schemas

        schema = schemas()[kind]
    host.stdout.write((json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode())
    return 0
