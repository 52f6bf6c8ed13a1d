"""HubSpot as a source: deals with their owners, companies, contacts, meetings and the history of the next step, read only."""

from steplint.sources.hubspot.source import HubSpot

__all__ = ["HubSpot"]
