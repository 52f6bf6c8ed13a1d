"""Keep the pages true: run the commands of `console` blocks and put their real output there; list the shipped rules.

    python docs/refresh.py            # rewrite README.md and docs/*.md   (make docs)

In a block, a line that starts with “$ ” is a command for bash, run in the project's root; what follows up to the next
command is what it prints. A block below a comment such as `<!-- docs/ci/github.yml -->` shows that file.
docs/catalogue.md is written whole, from the rules. tests/test_docs.py fails when a page differs from what this script
would write.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
SHOWN = re.compile(r"(?ms)^(<!-- (docs/\S+) -->\n```\w+\n).*?^```$")


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(block: str) -> list[str]:
    """The commands of one block."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def output(command: str) -> str:
    """What a command prints on a terminal of 110 columns without colour: stdout and stderr together."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {"PATH": path, "COLUMNS": "110", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "HOME": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def refreshed(text: str) -> str:
    """A page with the real output in every block, and files as they are."""

    def block(match: re.Match[str]) -> str:
        parts = [f"$ {command}\n{output(command)}" for command in commands(match[1])]
        return f"```console\n{''.join(parts)}```"

    def file(match: re.Match[str]) -> str:
        return f"{match[1]}{(ROOT / match[2]).read_text(encoding='utf-8')}```"

    return SHOWN.sub(file, BLOCK.sub(block, text))


def catalogue() -> str:
    """docs/catalogue.md: every shipped rule with its reason and its examples."""
    from steplint.rules import load_profiles, load_shipped
    from steplint.rules.selection import profile_rules

    rules, profiles = load_shipped(), load_profiles()
    members = {name: profile_rules(name, rules, profiles) for name in ("minimal", "recommended", "strict", "all")}
    lines = ["# The shipped rules", "", "Written by `make docs` from the files in `rules/`.", ""]
    lines += ["| rule | severity | from profile | |", "|---|---|---|---|"]
    for rule in rules:
        profile = next((name for name, codes in members.items() if rule.code in codes), "–")
        link = f"[{rule.code}](#{rule.code.lower()}-{rule.name}) {rule.name}"
        lines.append(f"| {link} | {rule.severity} | {profile} | {plain(rule.message)} |")
    for rule in rules:
        lines += ["", f"## {rule.code} {rule.name}", "", rule.why]
        for title, key in (("Wrong", "bad"), ("Right", "good")):
            lines += ["", f"{title}:", "", *(f"- {shown}" for shown in map(example, rule.examples[key]))]
    return "\n".join(lines) + "\n"


def plain(message: str) -> str:
    """A message template as a sentence: `{when}` becomes *when*."""
    return re.sub(r"\{(\w+)\}", lambda slot: f"*{slot[1].replace('_', ' ')}*", message)


def example(record: Mapping[str, Any]) -> str:
    """One example record: its text as code, and what else is known of it; of a document, a row a line."""
    if "records" in record:
        from steplint.rules.examples import rows_of

        rows = [f"    {place}. {example(row)}" for place, row in enumerate(rows_of(record), start=1)]
        found = ", ".join(map(str, record.get("found", ())))
        return "\n".join([f"a document{f', found in row {found}' if found else ''}:", *rows])
    return ", ".join(part for key, value in record.items() for part in example_part(key, value))


def example_part(key: str, value: Any) -> Iterator[str]:
    if key == "next_step":
        text = "" if value is None else str(value)
        escaped = text.encode("unicode_escape").decode() if not text.isprintable() else text
        yield f"`{escaped}`" if escaped.strip() else f"a next step of {escaped!r}"
    elif isinstance(value, list | tuple):
        yield f"{key} {', '.join(map(str, value)) or 'none'}"
    else:
        yield f"{key} {'–' if value is None else value}"


def wanted(page: Path) -> str:
    """What a page should hold."""
    return catalogue() if page.name == "catalogue.md" else refreshed(page.read_text(encoding="utf-8"))


def main() -> None:
    for page in pages():
        new = wanted(page)
        if new != page.read_text(encoding="utf-8"):
            page.write_text(new, encoding="utf-8")
            print(f"rewrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
