"""A sales rep at a web page: logs in, reads forms, fills them in and sends them, as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

Values = list[tuple[str, str]]


class Page(HTMLParser):
    """The form of a page that has most fields: its values as a browser would send them, and the errors that the page shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Values] = []
        self.errors: list[str] = []
        self.choices: dict[str, dict[str, str]] = {}  # of a list: label -> value
        self.links: dict[str, str] = {}  # text -> address
        self._select: str | None = None
        self._option: tuple[str, str] | None = None  # name and value of the option that would be sent
        self._label: str | None = None  # value of the option whose label comes next
        self._link: str | None = None
        self._area: str | None = None
        self._in_error = 0
        self.feed(text)

    @property
    def values(self) -> Values:
        return max(self.forms, key=len, default=[])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append([])
        elif tag == "a":
            self._link = given.get("href")
        elif tag == "input" and name and self.forms:
            self._input(name, given)
        elif tag == "textarea" and self.forms:
            self._area = name
            self.forms[-1].append((name, ""))
        elif tag == "select":
            self._select, self._option = name, None
        elif tag == "option" and self._select:
            self._label = given.get("value", "")
            if "selected" in given or self._option is None:
                self._option = (self._select, self._label)
        elif self._in_error or "errorlist" in given.get("class", "") or "errornote" in given.get("class", ""):
            self._in_error += tag in ("ul", "li", "p")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select is not None:
            if self._option and self.forms:
                self.forms[-1].append(self._option)
            self._select = None
        elif tag == "a":
            self._link = None
        elif self._in_error and tag in ("ul", "li", "p"):
            self._in_error -= 1

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text + data)
        elif self._link is not None and data.strip():
            self.links.setdefault(data.strip(), self._link)
        elif self._label is not None and self._select:
            self.choices.setdefault(self._select, {})[data.strip()] = self._label
            self._label = None
        elif self._in_error and data.strip():
            self.errors.append(data.strip())

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        if kind not in ("submit", "button", "image", "file", "reset"):
            self.forms[-1].append((name, given.get("value", "on" if kind == "checkbox" else "")))


@dataclass
class Rep:
    """One browser. `site` is the address that pages are relative to."""

    site: str
    session: requests.Session = field(default_factory=requests.Session)

    def open(self, path: str) -> tuple[str, Page]:
        """Where a page was found, and the page."""
        answer = self.session.get(urljoin(self.site, path), timeout=60)
        answer.raise_for_status()
        return answer.url, Page(answer.text)

    def send(self, path: str, button: str = "", **filled: str) -> str:
        """Fill the form of a page in, send it with a button, and say where that leads. Of lists the label is given.

        AssertionError: the form is refused.
        """
        address, page = self.open(path)
        filled = {name: page.choices.get(name, {}).get(value, value) for name, value in filled.items()}
        missing = filled.keys() - {name for name, _ in page.values}
        assert not missing, f"{path} has no field {missing}"
        values = [(name, filled.get(name, value)) for name, value in page.values] + ([(button, "1")] if button else [])
        answer = self.session.post(address, data=values, headers={"Referer": address}, timeout=60)
        answer.raise_for_status()
        assert not Page(answer.text).errors, Page(answer.text).errors
        return answer.url
