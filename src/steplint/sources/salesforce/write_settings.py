"""What stands below `write_back:` of a Salesforce source: tasks for owners, or fields on the record itself."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from steplint.records.mapping import column_of
from steplint.sources.remote.writing import WriteBack

__all__ = ["FieldBack", "SalesforceWriteBack", "TaskBack"]


_CUSTOM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,75}__c")


def _own(name: str) -> str:
    """The name of a custom field that steplint may call its own: none that holds anything of a deal."""
    if not _CUSTOM.fullmatch(name):
        raise ValueError(f"“{name}” is no custom field; write the API name of one, such as Steplint_Codes__c")
    # Fields of a package have its name in front.
    if column := column_of(name.removesuffix("__c").rpartition("__")[2]):
        raise ValueError(
            f"{name} is read as {column}, and steplint never writes what it judges; make a field of its own"
        )
    return name


_Custom = Annotated[str, AfterValidator(_own)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class TaskBack(_Strict):
    """`task:`"""

    key_field: _Custom = Field(
        description="custom text field of tasks, external id and unique, that takes the key of the finding"
    )
    due_in_days: int = Field(default=2, ge=1, le=60, description="workdays until the task is due")
    subject: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        default="Next step", description="what the task's subject begins with"
    )
    close_resolved: bool = Field(default=False, description="close open tasks whose finding is gone")
    closed_status: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        default="Completed", description="the status that they get then"
    )


class FieldBack(_Strict):
    """`field:`"""

    level: _Custom | None = Field(default=None, description="custom number or text field for the commitment, 1 to 5")
    codes: _Custom | None = Field(default=None, description="custom text field for the codes of findings")

    @model_validator(mode="after")
    def _names_two(self) -> FieldBack:
        names = [name.lower() for name in (self.level, self.codes) if name]
        if not names:
            raise ValueError("name level, codes, or both")
        if len(names) != len(set(names)):
            raise ValueError("level and codes need a field each")
        return self


class SalesforceWriteBack(WriteBack):
    """`write_back:` of a Salesforce source."""

    task: TaskBack | None = Field(default=None, description="a task for the owner of each record with a finding")
    field: FieldBack | None = Field(default=None, description="level and codes on the record itself")

    @model_validator(mode="after")
    def _is_one_way(self) -> SalesforceWriteBack:
        if (self.task is None) == (self.field is None):
            raise ValueError("write task: or field:, one of them")
        return self
