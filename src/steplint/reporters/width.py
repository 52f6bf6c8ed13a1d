"""How many terminal cells a text takes: graphemes and East Asian widths, by rich's tables."""

from __future__ import annotations

__all__ = ["cells"]


def cells(text: str) -> int:
    """Cells of `text`, which holds no control characters any more."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
