"""Gathers the pages, checks that all of them are in the navigation, and lets zensical make a site of them."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from docs.site import api, commands, rules, settings, tables
from docs.site.links import moved
from docs.site.text import SiteError

from steplint.rules.rule import DOCUMENTATION

__all__ = ["NAV", "hand_written", "main", "nav", "pages"]

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CONFIG = yaml.safe_load((HERE / "mkdocs.yml").read_text(encoding="utf-8"))
#: Files in the repository whose page has another name. All others of docs/ keep theirs.
PLACES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "docs/rules.md": "writing-rules.md",
    "docs/catalogue.md": "rules/index.md",  # made anew, with a page a rule
}
#: An entry of the navigation that ends in a slash → the entries of the pages that are made for it.
NAV = {"rules/": rules.nav, "commands/": commands.nav}


def hand_written() -> dict[str, str]:
    """Path in the repository → path on the site, of every page that somebody wrote."""
    docs = {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    return docs | PLACES


def pages() -> dict[str, str]:
    """Path on the site → Markdown, of every page."""
    homes = hand_written()
    written = {target: moved((ROOT / home).read_text(encoding="utf-8"), home, homes) for home, target in homes.items()}
    made = {"configuration.md": settings.page(), "api.md": api.page(), **tables.pages(), **commands.pages()}
    return written | made | rules.pages()


def nav() -> list[Any]:
    """The navigation with the pages that are made."""
    return list(_filled(CONFIG["nav"]))


def _filled(entries: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        ((title, value),) = entry.items()
        below = list(_filled(value)) if isinstance(value, list) else NAV[value]() if value in NAV else value
        yield {title: below}


def _targets(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        for value in entry.values():
            if isinstance(value, list):
                yield from _targets(value)
            else:
                yield value


def check(found: Mapping[str, str], entries: list[Any]) -> None:
    """SiteError: a page is not in the navigation, twice in it, or an entry has no page."""
    targets = list(_targets(entries))
    where = (HERE / "mkdocs.yml").relative_to(ROOT)
    for wrong, told in (
        (sorted(set(found) - set(targets)), "stands nowhere in the navigation; add it to"),
        (sorted(set(targets) - set(found)), "is no page; correct the navigation in"),
        (sorted({target for target in targets if targets.count(target) > 1}), "stands twice in the navigation; see"),
    ):
        if wrong:
            raise SiteError(f"{', '.join(wrong)}: {told} {where}")


def build(out: Path) -> str:
    """Write the pages to `out`/pages and the site to `out`/site; what zensical says. SiteError: it warns of anything."""
    found, entries = pages(), nav()
    check(found, entries)
    for folder in ("pages", "site", "theme", ".cache"):
        shutil.rmtree(out / folder, ignore_errors=True)
    for name, text in found.items():
        path = out / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copyfile(HERE / "style.css", out / "pages/style.css")
    shutil.copytree(HERE / "theme", out / "theme")
    config = {**CONFIG, "site_url": DOCUMENTATION, "nav": entries}
    (out / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(out / "mkdocs.yml")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).partition("Traceback")[0].rstrip()
    if done.returncode or "warning" in said.casefold():
        raise SiteError(said)
    return said


def main(arguments: list[str] | None = None) -> int:
    """Build the site; 1 where anything is wrong with it."""
    parser = argparse.ArgumentParser(prog="python -m docs.site", description="Build the documentation site.")
    parser.add_argument("--output", type=Path, default=ROOT / "build/docs", help="a folder for pages and site")
    out: Path = parser.parse_args(arguments).output.resolve()
    out.mkdir(parents=True, exist_ok=True)
    try:
        print(build(out))
    except SiteError as wrong:
        print(f"docs: {wrong}", file=sys.stderr)
        return 1
    print(f"{out / 'site/index.html'}")
    return 0
