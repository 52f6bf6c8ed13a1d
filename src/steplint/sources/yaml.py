"""YAML exports: a list of mappings, or a mapping that holds one (`records:`, `deals:` …), or one mapping; and playbooks."""

from __future__ import annotations

from collections.abc import Mapping

from steplint import yaml_safe
from steplint.errors import InputError
from steplint.records.mapping import NoNextStep
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import Refused, Row, flat, frame_of, is_record, lists_of_objects, map_keys, of_objects
from steplint.sources.tables import Rejections, Table, TextBlock, whole

__all__ = ["load_written", "read_yaml", "records_in"]

#: A file of YAML is read into memory several times its size.
LARGEST = 64 << 20
MAX_NODES = 20_000_000


def read_yaml(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Values are text as written, so that `no`, `007` and `1_000` stay what they are; only null and nothing are null."""
    text = whole(reader, path, largest=LARGEST).decode()
    document = load_written(text, path)
    from steplint.sources.playbook import is_playbook, playbook_table

    playbook = is_playbook(document.data)
    if playbook and preset is None and not overrides:
        return playbook_table(document, path, reader.notes)
    try:
        return _export(document, path, preset, overrides, reader.notes)
    except NoNextStep:
        # What was said of headers may be meant for other files of the run.
        if playbook:
            return playbook_table(document, path, reader.notes)
        raise


def _export(
    document: yaml_safe.Document,
    path: str,
    preset: str | None,
    overrides: Mapping[str, str] | None,
    notes: list[str],
) -> Table:
    rows = [_row(document, path, where) for where in records_in(document, path, preset, overrides)]
    mapping = map_keys((row for _, row in rows), preset=preset, overrides=overrides, path=path, line=rows[0][0])
    blocks = iter([TextBlock(frame_of(rows, mapping, path), Rejections(path).take())])
    return Table("yaml", path, mapping, blocks, notes)


def load_written(text: str, path: str) -> yaml_safe.Document:
    """A document with its values as they are written. InputError: it is no sound YAML, or too large."""
    return yaml_safe.load(text, path=path, error=InputError, max_nodes=MAX_NODES, max_bytes=LARGEST, as_written=True)


def records_in(
    document: yaml_safe.Document, path: str, preset: str | None, overrides: Mapping[str, str] | None
) -> list[yaml_safe.Loc]:
    """The way of keys and places to each record. NoNextStep: there is no list of mappings."""
    data = document.data
    where: yaml_safe.Loc = ()
    if isinstance(data, dict):
        lists = lists_of_objects(data)
        if not lists or is_record(data, preset, overrides):
            return [()]
        data, where = data[lists[0]], (lists[0],)
    if not of_objects(data):
        line, column = document.place(where)
        hint = "expected a list of records, each with its fields"
        raise NoNextStep("no mappings in this YAML", path=path, line=line, column=column, hint=hint)
    return [(*where, at) for at in range(len(data))]


def _row(document: yaml_safe.Document, path: str, where: yaml_safe.Loc) -> tuple[int, Row]:
    line, column = document.place(where)
    try:
        return line, flat(document.at(where))
    except Refused as error:
        raise InputError(str(error), path=path, line=line, column=column) from None
