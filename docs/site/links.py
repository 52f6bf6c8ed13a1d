"""Links of pages that were written to be read in the repository, as they must be on the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

__all__ = ["moved"]

_FENCE = re.compile(r"(?ms)^(```+|~~~+).*?^\1[ \t]*$")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
#: In docs/catalogue.md a rule is a heading; on the site it is a page.
_CATALOGUE = "docs/catalogue.md"


def moved(text: str, home: str, pages: Mapping[str, str]) -> str:
    """`text` of the file `home` as a page of the site. `pages`: path in the repository → path on the site.

    A link to a file that is no page is left as its text.
    """
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_LINK.sub(lambda link: _link(link, home, pages), text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _LINK.sub(lambda link: _link(link, home, pages), text[end:])])


def _link(link: re.Match[str], home: str, pages: Mapping[str, str]) -> str:
    said, (path, _, place) = link[1], link[2].partition("#")
    if "://" in link[2] or not path:
        return link[0]
    target = posixpath.normpath(posixpath.join(posixpath.dirname(home), path))
    if target not in pages:
        return said
    page = pages[target]
    if target == _CATALOGUE and place:
        page, place = f"rules/{place.partition('-')[0].upper()}.md", ""
    there = posixpath.relpath(page, posixpath.dirname(pages[home]) or ".")
    return f"[{said}]({there}{'#' if place else ''}{place})"
