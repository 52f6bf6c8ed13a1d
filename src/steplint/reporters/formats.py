"""The names of the formats: a table that costs nothing to import."""

from __future__ import annotations

__all__ = ["FORMATS", "STABLE", "SUFFIXES"]

#: Format name -> (module, class, one line of help).
FORMATS = {
    "text": ("text", "Text", "for people: the primary finding of each record, its text underlined"),
    "concise": ("concise", "Concise", "one line a finding: path:line:column: CODE message"),
    "json": ("json", "Json", "one JSON object with all findings"),
    "jsonl": ("jsonl", "JsonLines", "one JSON object a line, the last one the summary"),
    "csv": ("csv", "Csv", "a table for spreadsheets"),
    "sarif": ("sarif", "Sarif", "SARIF 2.1.0, for code scanning and editors"),
    "github": ("github", "GitHub", "annotations of GitHub Actions, and a job summary"),
    "gitlab": ("gitlab", "GitLab", "Code Quality report of GitLab"),
    "junit": ("junit", "JUnit", "JUnit XML: a test case a record"),
    "rdjson": ("rdjson", "RdJson", "diagnostics for reviewdog"),
    "markdown": ("markdown", "Markdown", "a table for a comment or a wiki page"),
    "html": ("html", "Html", "a page for people, in one file"),
}

#: Suffix of a file -> format, where they differ.
SUFFIXES = {"htm": "html", "md": "markdown", "xml": "junit"}

#: Formats whose shape only grows until 1.0; that of the others may still change in 0.x.
STABLE = ("text", "json", "sarif", "html")
