"""Records + rules + as-of → findings, in batches, in order, whatever their size."""

from steplint.engine.run import lint

__all__ = ["lint"]
