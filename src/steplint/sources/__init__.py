"""Sources: one module a kind of file, each giving canonical records and the rows it had to reject."""

from steplint.sources.open import STDIN, open_source

__all__ = ["STDIN", "open_source"]
