"""The names of the formats: a table that costs nothing to import."""

from __future__ import annotations

__all__ = ["FORMATS"]

#: Format name -> (module, class, one line of help).
FORMATS = {
    "text": ("text", "Text", "for people: the primary finding of each record, its text underlined"),
    "concise": ("concise", "Concise", "one line a finding: path:line:column: CODE message"),
    "json": ("json", "Json", "one JSON object with all findings"),
    "jsonl": ("jsonl", "JsonLines", "one JSON object a line, the last one the summary"),
    "csv": ("csv", "Csv", "a table for spreadsheets"),
}
