"""The parts of a document: which heading a block belongs to, as a document of its own or as a section of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from steplint.sources.playbook.blocks import FOLDED, Block
from steplint.sources.playbook.words import example_side, is_list_of_steps, is_section, shown, sorts_steps

__all__ = ["Part", "parts_of"]


@dataclass
class Part:
    """`heading` names the part; `blocks` are all that stands under it, headings of its sections among them."""

    heading: str
    blocks: list[Block] = field(default_factory=list)
    weak: bool = False  # a heading above it says that all of it are bad examples


@dataclass
class _Open:
    """A heading whose reach has not ended."""

    level: int
    text: str
    section: bool
    part: Part | None = None


def parts_of(blocks: Iterable[Block]) -> list[Part]:
    """Every heading that names no section (“Risks”, “Next steps”, “Phase 2”) begins a part; a section belongs to the part
    above it, also behind another part. What stands before all headings is a part without a name. Below next steps
    what sorts them (“Our side”, “This week”) is a section too.
    """
    parts = [Part("")]
    stack: list[_Open] = []
    current = parts[0]
    for block in blocks:
        if block.kind == "end":
            while stack and stack[-1].level >= FOLDED:
                stack.pop()
            current = _home(stack).part or current if stack else parts[0]
            continue
        if block.kind != "heading" or block.quoted:
            current.blocks.append(block)
            continue
        while stack and stack[-1].level >= block.level:
            stack.pop()
        steps = bool(stack) and block.level < FOLDED and is_list_of_steps(stack[-1].text)
        section = is_section(block.said) or (steps and sorts_steps(block.said))
        heading = _Open(block.level, shown(block.said), section)
        stack.append(heading)
        home = _home(stack)
        if home.part is None:
            weak = any(example_side(one.text) == "weak" for one in stack)
            home.part = Part(home.text, weak=weak)
            parts.append(home.part)
        current = home.part
        if home is not heading or section:
            current.blocks.append(block)
    return [part for part in parts if part.blocks]


def _home(stack: list[_Open]) -> _Open:
    """The heading whose part a section belongs to."""
    return next((one for one in reversed(stack) if not one.section), stack[0])
