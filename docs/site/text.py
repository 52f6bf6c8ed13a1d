"""Text from rules and models, made to mean nothing but itself in a page."""

from __future__ import annotations

import html
import re

from steplint.reporters.safe import safe_text

__all__ = ["SiteError", "anchor", "code", "inert", "markdown", "sentence", "spans"]


class SiteError(Exception):
    """What is wrong with the pages, or with what they are made of."""


def inert(text: str) -> str:
    """As HTML; what is invisible in it becomes visible."""
    return html.escape(safe_text(text, keep="\n"))


def markdown(text: str) -> str:
    """As Markdown, on one line."""
    return re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", inert(" ".join(text.split())))


def spans(text: str) -> str:
    """As `markdown`, but what stands between backticks is code."""
    return re.sub(r"\\`(.*?)\\`", lambda found: f"`{found[1]}`", markdown(text)).replace("\\_", "_")


def code(text: str) -> str:
    """As a code span in HTML, for Markdown that may stand in a table."""
    return f"<code>{inert(text).replace('|', '&#124;').replace('*', '&#42;').replace('_', '&#95;')}</code>"


def anchor(name: str) -> str:
    """The anchor of an option or a key: `--as-of` and `scope.owners` become as-of and scope-owners."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
