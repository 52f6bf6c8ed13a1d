"""`steplint new-rule`: a rule file that passes its tests, to be changed step by step."""

from __future__ import annotations

import click

from steplint.cli.host import Host
from steplint.errors import UsageError


@click.command("new-rule", short_help="Write a rule file to start from.")
@click.argument("code", metavar="CODE")
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: CODE-NAME.yaml here).")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def command(host: Host, code: str, name: str, output: str | None, force: bool) -> int:
    """Write a whole rule with a free CODE (ACME101) and a NAME that says the defect (price-in-step)."""
    from steplint.reporters.sink import atomic_file
    from steplint.rules import load_shipped, template

    file = output or f"{code}-{name}.yaml"
    text = template(code, name, file=file)
    for rule in load_shipped():
        if code == rule.code or name in (rule.name, *rule.aliases):
            raise UsageError(f"{rule.code} {rule.name} is a shipped rule", hint="choose another code and name")
    target = host.cwd / file
    if target.exists() and not force:
        raise UsageError("this file is already there", path=file, hint="--force replaces it")
    with atomic_file(str(target), 0o644) as out:
        out.write(text.encode())
    host.say(f"{file} is written. Try `steplint test-rules {file}`, and use it with `steplint check --rules {file}`.")
    return 0
