"""What text from a file must not do in a notation of its own: workflow commands, Markdown, XML, JSON.

All but those for JSON, which keeps texts exact, pass the text through `safe_text` first, so that nothing in it can move,
hide or command.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from steplint.reporters.safe import safe_text

__all__ = [
    "inert_json", "markdown_text", "script_json", "workflow_data", "workflow_property", "xml_attribute", "xml_text",
]  # fmt: skip

# What a Markdown service leaves as it is: words, and signs that mean nothing inside a line.
_HARMLESS = re.compile(r"[\w“‘«‹(\"'][\w ,.;?()'\"“”‘’„«»‹›–—…·+/=:!%&-]*")
# ... but for what they make of such signs when they stand together.
_ACTIVE = re.compile(
    r"""
    _ | ^\d+[.)]                         # emphasis, a numbered list
    | (?i:www\.) | :\w+: | (?<!\d):(?=\S) | :(?=[^\s\d])   # addresses and :emoji:
    | &\w | !\d | %[\w"“]               # entities; epics, merge requests and milestones of GitLab
    | \b[A-Z][A-Z0-9]+-\d               # tickets: GH-12, ABC-34
    | \b[0-9a-f]{7,40}\b                # commits
    """,
    re.VERBOSE,
)
_TICKS = re.compile("`+")
_ILLEGAL_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_SCRIPT = {"#": "\\u0023", "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def workflow_data(text: str) -> str:
    """The message of a GitHub workflow command; its line breaks stay line breaks."""
    safe = safe_text(text, keep="\n")
    return safe.replace("%", "%25").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """The value of a property of a GitHub workflow command."""
    return safe_text(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def markdown_text(text: str, *, cell: bool = True) -> str:
    """`text` inside a table cell, else a line: as it is where it is plain words, in a code span where it is not.

    Backslashes would not do: services look for @mentions, #references and addresses after they have taken those away,
    and in code spans alone they do not.
    """
    safe = safe_text(text)
    if not safe or (_HARMLESS.fullmatch(safe) and not _ACTIVE.search(safe)):
        return safe
    # In a table a pipe needs a backslash, also in a code span; after another backslash renderers disagree.
    if cell:
        safe = safe.replace("\\|", "\\<U+007C>").replace("|", "\\|")
    fence = "`" * (max(map(len, _TICKS.findall(safe)), default=0) + 1)
    pad = " " if safe[0] in "` " or safe[-1] in "` " else ""
    return f"{fence}{pad}{safe}{pad}{fence}"


def xml_text(text: str) -> str:
    """Character data of an XML element, on as many lines as `text` has; what XML has no place for becomes visible."""
    return _xml(safe_text(text, keep="\n"))


def xml_attribute(text: str) -> str:
    """The value of an XML attribute, between double quotes."""
    return _xml(safe_text(text))


def _xml(safe: str) -> str:
    return html.escape(_ILLEGAL_IN_XML.sub(lambda match: f"<U+{ord(match.group()):04X}>", safe))


def inert_json(content: bytes) -> bytes:
    """JSON that says the same and starts no command in a log (`##[…]`, see `safe`): `##` stands inside of strings only."""
    return content.replace(b"##", b"#\\u0023")


def script_json(value: Any) -> str:
    """JSON that can stand inside a <script> element: nothing in it ends the element, and the values stay exact."""
    made = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]|(?<=#)#", lambda match: _IN_SCRIPT[match.group()], made)
