"""A first configuration, proposed from a file: what it holds, and how many findings each profile would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steplint.lazy import attributes

if TYPE_CHECKING:
    from steplint.init.document import questions, render
    from steplint.init.forecast import table
    from steplint.init.proposal import Proposal, propose
    from steplint.init.template import blank

__all__ = ["Proposal", "blank", "propose", "questions", "render", "table"]

_HOMES = {
    "document": ("questions", "render"),
    "forecast": ("table",),
    "proposal": ("Proposal", "propose"),
    "template": ("blank",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__getattr__ = attributes(__name__, _HOME)
