"""`steplint rules`: the catalogue, and which of it runs here."""

from __future__ import annotations

import json
from typing import Any

import click

from steplint.cli.host import Host
from steplint.cli.options import Word, config_options, rule_options


@click.command("rules", short_help="List the rules.")
@click.option("--all", "everything", is_flag=True, help="List the rules that are not selected too.")
@click.option("--format", "format_", type=Word(("text", "json"), "format"), default="text", help="text or json.")
@rule_options
@config_options
@click.pass_obj
def command(host: Host, /, everything: bool, format_: str, **options: Any) -> int:
    """List the rules that run with these options and this configuration; with --all, the others too."""
    from steplint.cli.session import load_rules, load_settings, select_rules
    from steplint.rules.rule import to_dict

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    running = {rule.code: rule for rule in selection.rules}
    shown = [running.get(rule.code, rule) for rule in known if everything or rule.code in running]
    if format_ == "json":
        rows = [
            {**to_dict(rule), "selected": rule.code in running, "reason": selection.reasons[rule.code]}
            for rule in shown
        ]
        host.stdout.write((json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n").encode())
        return 0
    width = max((len(rule.name) for rule in shown), default=0)
    for rule in shown:
        mark = "" if rule.code in running else f"  (off: {selection.reasons[rule.code]})"
        host.say(f"{rule.code:<8} {rule.name:<{width}}  {rule.severity:<7}{mark}".rstrip())
    host.say()
    profile = f", profile {selection.profile}" if selection.profile else ""
    host.say(f"{len(running)} of {len(known)} rules run{profile}. `steplint rule CODE` explains one.")
    return 0
