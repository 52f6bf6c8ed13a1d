"""Named sources: CRMs and databases that are pulled completely, page by page, before anything is judged.

These names are the interface for sources of one's own (docs/sources.md).
"""

from steplint.sources.remote.interface import Context, Coverage, CursorLost, Page, Part, Plan, Source, SourceSettings
from steplint.sources.remote.secrets import SecretRef

__all__ = ["Context", "Coverage", "CursorLost", "Page", "Part", "Plan", "SecretRef", "Source", "SourceSettings"]
