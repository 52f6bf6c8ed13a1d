"""The configuration that `steplint init` writes where no file is named: the usual keys, to be uncommented."""

from __future__ import annotations

__all__ = ["blank"]

_BLANK = """\
# steplint configuration. `steplint config` shows what holds here, `steplint schema config` describes every key.
# `steplint init --from FILE --force` proposes one from an export.

# The rules to run: minimal, recommended, strict or all.
profile: recommended

# Columns whose header is not found by itself; `steplint check FILE --show-mapping` lists them.
# map:
#   next_step: "Next Step"

# How 3/4 is read, mdy or dmy. Without this key the file's own dates decide.
# date_order: mdy

# Stages in order, each with its role: qualify, prove, propose, commit, won or lost. The usual names are known.
# stages:
#   "Discovery": qualify
#   "Procurement": commit

# Closed records are left out; these are too.
# scope:
#   record_types: ["Renewal"]
#   owners: ["*queue*"]
#   grace_days: 3

# Without these keys: Monday to Friday, no holidays, a fiscal year from January, UTC.
# calendar:
#   timezone: Europe/Berlin
#   holidays: [DE, US]
#   fiscal_start: 2

# How many characters the CRM's text field holds.
# text_limit: 255

# Your own words, by word class: docs/reading.md lists the classes.
# lexicon:
#   filler: ["nothing new"]
"""


def blank() -> str:
    """The text of a configuration that says only which profile runs, with the other keys in comments."""
    return _BLANK
