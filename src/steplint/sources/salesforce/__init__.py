"""Salesforce as a source: opportunities or tasks, with contacts, meetings and the history of the next step, read only."""

from steplint.sources.salesforce.source import Salesforce

__all__ = ["Salesforce"]
