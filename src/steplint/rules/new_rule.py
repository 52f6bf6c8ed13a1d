"""The file that `steplint new-rule` writes: a whole rule that passes `steplint test-rules` as it stands."""

from __future__ import annotations

import re

from steplint.errors import UsageError

__all__ = ["template"]

_TEMPLATE = """\
# Change one thing at a time and run `steplint test-rules {file}` after each.
schema: 1
code: {code}
name: {name}                  # names the defect, not the cure
severity: warning             # error | warning | info
kinds: [opportunity, task]
status: preview               # preview rules run by their exact code or with --preview
since: "0.1"
check:                        # exactly one of: where, phrases, pattern, required, repeated, group
  phrases:
    column: next_step
    list: [synergy, circle the wagons]
    unless: has_action AND date IS NOT NULL
needs: [next_step]            # without these columns the rule is skipped, and the summary says so
implied_by: []                # codes of findings that make this one superfluous
message: "“{{phrase}}” says nothing that can be checked"
help: "What will be done, by whom, and when?"
why: Why is it a problem? One sentence for the person who reads the finding.
examples:                     # the tests and the documentation of the rule: bad is found, good is not
  bad:
    - {{next_step: "Find synergy"}}
    - {{next_step: "Time to circle the wagons"}}
  good:
    - {{next_step: "Call Dana Thu 15 Jan 10:00 about the redlines"}}
    - {{next_step: "Send the quote for Synergyx to Dana by 15 Jan"}}
"""


def template(code: str, name: str, *, file: str = "") -> str:
    """The text of a new rule file. Raises UsageError for a code or a name that no rule can have."""
    if not re.fullmatch(r"[A-Z]{2,8}[0-9]{3}", code):
        raise UsageError(f"{code} is not a rule code", hint="write capitals and three digits, such as ACME101")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(f"{name} is not a rule name", hint="write small letters with hyphens, such as date-vague")
    return _TEMPLATE.format(code=code, name=name, file=file or f"{code}-{name}.yaml")
