"""Footers of CRM reports: lines behind the data that are no records."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["MAX_FOOTER", "footer_length", "is_footer_line"]

#: A footer is never longer; so many unreadable rows in a row are data gone wrong.
MAX_FOOTER = 40

_MARKS = re.compile(
    r"(?:grand totals?|totals?|subtotals?)\s*(?:\(\d[\d.,]*\s+records?\)|:.*)?"
    r"|copyright\s*(?:\(c\)|©).*"
    r"|confidential information\b.*"
    r"|generated (?:by|on)\b.*"
    r"|(?:filtered|sorted|grouped) by\b.*"
    r"|as of \d.*"
    r"|\d[\d.,]* (?:total )?records?"
    r"|report (?:name|generated)\b.*",
    re.IGNORECASE,
)


def is_footer_line(text: str) -> bool:
    """The text is one that reports end with: totals, copyright, who made it."""
    return _MARKS.fullmatch(" ".join(text.split())) is not None


def footer_length(tail: Sequence[tuple[str | None, bool]]) -> int:
    """How many of the last rows are a footer. A row is (text if it has one filled field, stands after a blank line).

    Counted from the end: every row must have one filled field or none, and the first is either a known footer line or
    stands behind a blank line (the report's name). No known line at all: no footer.
    """
    count = 0
    for back, (text, after_blank) in enumerate(reversed(tail), 1):
        if text is None or back > MAX_FOOTER:
            break
        if text and (after_blank or is_footer_line(text)):
            count = back
    rows = [text for text, _ in tail[len(tail) - count :]]
    return count if any(is_footer_line(text) for text in rows if text) else 0
