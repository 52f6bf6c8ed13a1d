"""Playbooks: Markdown and YAML documents whose plans, lists, mails, scripts and agendas become records."""

from steplint.sources.playbook.markdown import read_markdown
from steplint.sources.playbook.yaml import PLAYBOOK_KEYS, is_playbook, playbook_table

__all__ = ["PLAYBOOK_KEYS", "is_playbook", "playbook_table", "read_markdown"]
