"""The parts of a document: which heading a block belongs to, as a document of its own or as a section of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from steplint.sources.playbook.blocks import Block
from steplint.sources.playbook.words import example_side, is_section

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
    above it, also behind another part. What stands before all headings is a part without a name.
    """
    parts = [Part("")]
    stack: list[_Open] = []
    current = parts[0]
    for block in blocks:
        if block.kind != "heading" or block.quoted:
            current.blocks.append(block)
            continue
        while stack and stack[-1].level >= block.level:
            stack.pop()
        heading = _Open(block.level, block.said, is_section(block.said))
        stack.append(heading)
        home = next((one for one in reversed(stack) if not one.section), stack[0])
        if home.part is None:
            weak = any(example_side(one.text) == "weak" for one in stack)
            home.part = Part(home.text, weak=weak)
            parts.append(home.part)
        current = home.part
        if home is not heading or is_section(block.said):
            current.blocks.append(block)
    return [part for part in parts if part.blocks]
