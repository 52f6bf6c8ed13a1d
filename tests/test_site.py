"""The documentation site: built strictly, once, and then looked through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urljoin, urlsplit

import click
import pytest
import yaml
from docs.site import build, settings
from docs.site.links import moved
from docs.site.text import SiteError, anchor
from markdown_it import MarkdownIt
from pydantic import BaseModel

import steplint
from steplint.cli.main import COMMANDS, cli
from steplint.config.model import ConfigFile
from steplint.engine.rejected import CODE as REJECTED
from steplint.findings.schema import SCHEMA as FINDINGS
from steplint.reporters.words import plain
from steplint.rules import load_shipped
from steplint.rules.columns import COLUMNS
from steplint.rules.examples import rows_of
from steplint.rules.model import RuleFile
from steplint.rules.rule import DOCUMENTATION, page

ROOT = Path(__file__).resolve().parent.parent
#: What a browser fetches by itself, by element.
LOADED = {
    "script": "src", "img": "src", "iframe": "src", "audio": "src", "video": "src", "source": "src", "embed": "src",
    "object": "data", "track": "src", "input": "src", "image": "href", "use": "href",
}  # fmt: skip
FETCHED = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    # With what the builder said, should it fail.
    assert "No issues found" in build.build(out)
    return out / "site"


class Page(HTMLParser):
    """Anchors, links, what is loaded, the elements of the article, and all of its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.elements: Counter[str] = Counter()
        self.policy = ""
        self._inside = 0
        self._texts: list[str] = []
        self.feed(content)
        self.close()
        self.text = " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and FETCHED & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])
        if given.get(LOADED.get(tag, "")):
            self.loaded.append(given[LOADED[tag]])
        self.loaded += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        if given.get("http-equiv", "").casefold() == "content-security-policy":
            self.policy = given["content"]
        self._inside += tag == "article"
        if self._inside:
            self.elements[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "article"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._texts.append(data)


@cache
def parsed(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def pages(site: Path) -> dict[str, Page]:
    """Address below the site → page."""
    found = {str(path.relative_to(site)).removesuffix("index.html"): parsed(path) for path in site.rglob("*.html")}
    assert len(found) > 50
    return found


def test_every_page_that_somebody_wrote_is_there(site: Path) -> None:
    written = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {f"docs/{name}" for name in written} <= set(build.hand_written())
    for target in build.hand_written().values():
        name = target.removesuffix(".md").removesuffix("index").rstrip("/")
        assert (site / name / "index.html").is_file(), target


def test_every_rule_has_the_page_that_findings_name(site: Path) -> None:
    for rule in load_shipped():
        assert rule.url is not None
        found = parsed(site / rule.url.removeprefix(DOCUMENTATION) / "index.html")
        assert found.text.startswith(f"{rule.code} {rule.name}")
        texts = [plain(rule.message), rule.why, *(f"{name}:" for name in rule.options)]
        texts += [
            str(row.get("next_step") or "") for kind in rule.examples.values() for one in kind for row in rows_of(one)
        ]
        missing = [text for text in texts if text.isprintable() and " ".join(text.split()) not in found.text]
        assert missing == [], rule.code
        others = {f"../{other}/" for other in rule.implied_by}
        assert others <= set(found.links), rule.code
    index = parsed(site / "rules/index.html")
    assert {f"{rule.code}/" for rule in load_shipped()} <= set(index.links)
    assert (site / page(REJECTED).removeprefix(DOCUMENTATION) / "index.html").is_file()


def test_bad_examples_stand_with_what_is_found_in_them(site: Path) -> None:
    content = (site / "rules/WHEN302/index.html").read_text(encoding="utf-8")
    assert "Loop back with Tom <mark>next month</mark>" in content
    assert '<p class="said">“next month” does not name a day</p>' in content
    assert content.count('class="said"') == len(
        next(rule for rule in load_shipped() if rule.code == "WHEN302").examples["bad"]
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page_with_its_options(site: Path, name: str) -> None:
    found = parsed(site / "commands" / name / "index.html")
    context = click.Context(cli, info_name="steplint")
    command = cli.get_command(context, name)
    assert command is not None
    assert f"steplint {name}" in found.text
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert {anchor(max(option.opts, key=len))} <= found.anchors, option.opts
            assert set(re.findall(r"\S+", option.help or "")) <= set(found.text.split()), option.opts
    told = " ".join((command.help or "").replace("\b", "").split())
    assert told in found.text
    assert f"{name}/" in parsed(site / "commands/index.html").links


def configuration_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key of the model, straight from pydantic."""
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from configuration_keys(kind, f"{prefix}{name}.")


def test_every_key_of_the_configuration_is_explained(site: Path) -> None:
    found = parsed(site / "configuration/index.html")
    wanted = list(configuration_keys(ConfigFile))
    assert {"profile", "scope.owners", "calendar.holidays", "per_record.where"} <= set(wanted)
    assert [key for key in wanted if anchor(key) not in found.anchors] == []


def test_the_example_configuration_holds() -> None:
    """So that what the page shows for a key is what the key takes."""
    ConfigFile.model_validate(yaml.safe_load(settings.EXAMPLE.read_text(encoding="utf-8")))


def test_a_key_without_an_example_or_a_description_is_an_error() -> None:
    model = {"properties": {"profile": {"type": "string", "description": "which"}}}
    assert [key for key, _, _ in settings.keys(model, {"profile": "strict"})] == ["profile"]
    with pytest.raises(SiteError, match="profile has no example"):
        list(settings.keys(model, {}))
    with pytest.raises(SiteError, match="profile has no description"):
        list(settings.keys({"properties": {"profile": {"type": "string"}}}, {"profile": "strict"}))


def test_every_public_name_is_on_the_page_of_the_api(site: Path) -> None:
    found = parsed(site / "api/index.html")
    for name in steplint.__all__:
        assert anchor(name) in found.anchors
        doc = getattr(steplint, name).__doc__ if name != "__version__" else steplint.__version__
        assert " ".join(doc.replace("`", "").split())[:40] in found.text


def test_columns_and_findings_are_listed(site: Path) -> None:
    assert set(COLUMNS) <= set(re.findall(r"\w+", parsed(site / "columns/index.html").text))
    assert set(FINDINGS) <= set(re.findall(r"\w+", parsed(site / "findings/index.html").text))


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    found = pages(site)
    broken = []
    for address, one in found.items():
        for link in one.links:
            target = urlsplit(urljoin(f"https://site/{address}", link))
            if target.hostname != "site" or address == "404.html":
                continue
            there = unquote(target.path.lstrip("/"))
            if there not in found:
                broken.append(f"{address}: {link}")
            elif target.fragment and unquote(target.fragment) not in found[there].anchors:
                broken.append(f"{address}: {link} (no such place on the page)")
    assert broken == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for address, one in pages(site).items():
        assert [link for link in one.loaded if re.match(r"(?i)[a-z]+:|//", link)] == [], address
        # And should the theme's script ask for something, the browser does not.
        assert one.policy.startswith("default-src 'self';"), address
        assert not re.search(r"https?:|\*", one.policy)
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style.name


@pytest.mark.parametrize("home", [home for home in build.hand_written() if home != "docs/catalogue.md"])
def test_pages_look_as_they_do_in_the_repository(site: Path, home: str) -> None:
    """Two readers of Markdown, of which one shows the repository: as many lists, tables and blocks for both."""
    rendered = MarkdownIt("commonmark").enable("table").render((ROOT / home).read_text(encoding="utf-8"))
    theirs = Counter(re.findall(r"<([a-z][a-z0-9]*)", rendered))
    target = build.hand_written()[home].removesuffix(".md").removesuffix("index")
    ours = parsed(site / target / "index.html").elements
    kinds = ("li", "tr", "pre", "blockquote", "h1", "h2", "h3")
    assert {kind: ours[kind] for kind in kinds} == {kind: theirs[kind] for kind in kinds}


def test_a_page_outside_of_the_navigation_is_an_error() -> None:
    entries = [{"Start": "start.md"}, {"More": [{"Rules": "rules/index.md"}]}]
    build.check({"start.md": "", "rules/index.md": ""}, entries)
    for found, told in (
        ({"start.md": "", "rules/index.md": "", "new.md": ""}, "new.md: stands nowhere in the navigation"),
        ({"start.md": ""}, "rules/index.md: is no page"),
    ):
        with pytest.raises(SiteError, match=told):
            build.check(found, entries)
    with pytest.raises(SiteError, match="stands twice"):
        build.check({"start.md": "", "rules/index.md": ""}, [*entries, entries[0]])


@pytest.mark.parametrize("link", ["nowhere.md", "index.md#nowhere"])
def test_a_broken_link_ends_the_build(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "pages", lambda: {"index.md": f"# One\n\nA [link]({link}).\n"})
    monkeypatch.setattr(build, "nav", lambda: [{"One": "index.md"}])
    assert build.main(["--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("docs: ")
    assert "does not exist" in said
    assert "Traceback" not in said


HOMES = {"README.md": "index.md", "docs/a.md": "a.md", "docs/catalogue.md": "rules/index.md", "docs/rules.md": "w.md"}


@pytest.mark.parametrize(
    ("home", "text", "wanted"),
    [
        ("README.md", "[a](docs/a.md#x)", "[a](a.md#x)"),
        ("docs/a.md", "[`a` [b]](../README.md) [c](rules.md)", "[`a` [b]](index.md) [c](w.md)"),
        ("docs/a.md", "[r](catalogue.md#src003-x) [all](catalogue.md)", "[r](rules/SRC003.md) [all](rules/index.md)"),
        ("docs/catalogue.md", "[w](rules.md)", "[w](../w.md)"),
        ("docs/a.md", "[example](../examples/x.csv)", "example"),
        ("docs/a.md", "[out](https://x.org/a.md) [here](#x)", "[out](https://x.org/a.md) [here](#x)"),
        ("docs/a.md", "```md\n[a](rules.md)\n```\n[a](rules.md)", "```md\n[a](rules.md)\n```\n[a](w.md)"),
        ("docs/a.md", "list[int](x y)", "list[int](x y)"),
    ],
)
def test_links_move_with_their_pages(home: str, text: str, wanted: str) -> None:
    assert moved(text, home, HOMES) == wanted


def unmarked(text: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", text))


def test_texts_mean_nothing_in_a_page() -> None:
    from docs.site.text import inert, markdown

    nasty = "a <b>*b*</b> `c` [d](e) _f_ # | {g} &amp; \u202e"
    told: Mapping[str, Any] = {"inert": inert(nasty), "markdown": markdown(nasty)}
    assert "<" not in told["inert"]
    assert "\u202e" not in told["markdown"]
    rendered = MarkdownIt("commonmark").render(told["markdown"])
    assert unmarked(rendered).strip() == unescape(told["inert"]).strip()
    assert set(re.findall(r"<(\w+)", rendered)) == {"p"}


def test_every_key_of_a_rule_file_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs/rules.md").read_text(encoding="utf-8")))
    assert {field.alias or name for name, field in RuleFile.model_fields.items()} <= told
