"""`steplint config`: what holds here, and who said so."""

from __future__ import annotations

import json
from typing import Any

import click

from steplint.cli.host import Host
from steplint.cli.options import Word, config_options, rule_options


@click.command("config", short_help="Show the effective configuration and where each value comes from.")
@click.option("--explain", "code", metavar="CODE", help="Say why a rule runs or not, and at which level.")
@click.option("--format", "format_", type=Word(("text", "json"), "format"), default="text", help="text or json.")
@rule_options
@config_options
@click.pass_obj
def command(host: Host, /, code: str | None, format_: str, **options: Any) -> int:
    """Show every setting with its value and its origin: a file and line, the command line, or the default."""
    from steplint import config
    from steplint.cli.session import load_rules, load_settings, select_rules

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    if code:
        told = config.explain_rule(settings, known, selection, code)
        if format_ == "json":
            _json(host, told)
            return 0
        runs = "runs" if told["selected"] else "does not run"
        host.say(f"{told['code']} {told['name']} {runs}: {told['reason']}")
        host.say(f"severity {told['severity']} ({told['severity_from']})")
        for name, option in told["options"].items():
            host.say(f"option {name} = {option['value']} ({option['from']})")
        return 0
    rows = config.explain(settings)
    if format_ == "json":
        _json(host, {name: {"value": value, "from": origin} for name, value, origin in rows})
        return 0
    host.say(f"configuration: {settings.path or 'none found'}")
    width = max(len(name) for name, _, _ in rows)
    for name, value, origin in rows:
        host.say(f"{name:<{width}}  {_shown(value)}  ({origin})")
    return 0


def _plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(item) for item in value]
    return value


def _shown(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, default=str)


def _json(host: Host, value: Any) -> None:
    host.stdout.write((json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str) + "\n").encode())
