"""`steplint test-rules`: every example in rule files must hold."""

from __future__ import annotations

import click

from steplint.cli.host import Host


@click.command("test-rules", short_help="Run the examples in rule files.")
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@click.option("--plugin", metavar="MODULE", multiple=True, help="Test the rules of this installed Python module too.")
@click.pass_obj
def command(host: Host, paths: tuple[str, ...], plugin: tuple[str, ...]) -> int:
    """Run the examples of rule files and folders; without a path, those of the shipped rules.

    Exit status: 0 all hold, 1 some do not, 2 a file does not load.
    """
    from steplint.engine.frames import find_examples
    from steplint.reporters.words import count
    from steplint.rules import distinct, load_path, load_plugins, load_shipped, run_examples

    own = [rule for path in paths for rule in load_path(path)]
    own += load_plugins(plugin, entry_points=False) if plugin else []
    rules = distinct(own) if paths or plugin else load_shipped()
    failures = run_examples(rules, find_examples)
    for failure in failures:
        host.say(failure.render())
    examples = sum(len(rule.examples[kind]) for rule in rules for kind in ("bad", "good"))
    what = f"{count(len(rules), 'rule')}, {count(examples, 'example')}"
    host.say(f"{what}: {count(len(failures), 'failure')}." if failures else f"{what}: all hold.")
    return 1 if failures else 0
