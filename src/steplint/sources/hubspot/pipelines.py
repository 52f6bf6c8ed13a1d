"""Pipelines and their stages: what ids are called, and which stages end a deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from steplint.errors import ConfigError, nearest
from steplint.sources.hubspot.api import Api, rows_of

__all__ = ["Pipelines", "read_pipelines"]


@dataclass(frozen=True)
class Pipelines:
    """`labels` of pipelines and `stages` by id; `closed` and `won` tell of each stage by id."""

    labels: dict[str, str] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    closed: dict[str, bool] = field(default_factory=dict)
    won: dict[str, bool] = field(default_factory=dict)

    def ids(self, names: Sequence[str], source: str) -> list[str]:
        """Ids of pipelines that a person named by label or id. ConfigError: there is none of that name."""
        by_name = {label.casefold(): id for id, label in self.labels.items()} | {id: id for id in self.labels}
        found = []
        for name in names:
            id = by_name.get(name) or by_name.get(name.casefold())
            if id is None:
                close = nearest(name, self.labels.values())
                hint = f"did you mean {close}?" if close else f"there are {', '.join(self.labels.values())}"
                raise ConfigError(f"sources.{source}.pipelines: deals have no pipeline “{name}”", hint=hint)
            found.append(id)
        return sorted(set(found))

    def is_closed(self, stage: str, flag: str | None) -> pl.Expr:
        """Whether a deal is over, by its stage; where that is unknown (deleted, say) by the deal's own `flag`."""
        return _told(stage, self.closed, flag)

    def is_won(self, stage: str, flag: str | None) -> pl.Expr:
        return _told(stage, self.won, flag)


def _told(stage: str, table: dict[str, bool], flag: str | None) -> pl.Expr:
    by_stage = pl.col(stage).replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.Boolean)
    return pl.coalesce(by_stage, pl.col(flag).str.to_lowercase() == "true") if flag else by_stage


def read_pipelines(api: Api) -> Pipelines:
    """All pipelines of deals. A stage says itself whether it is closed; it is won where its probability is 1."""
    found = Pipelines()
    for pipeline in rows_of(api.get("pipelines", "deals")):
        id = str(pipeline.get("id"))
        found.labels[id] = str(pipeline.get("label") or id)
        for stage in rows_of(pipeline, "stages", optional=True):
            key = str(stage.get("id"))
            metadata = stage.get("metadata")
            told = metadata if isinstance(metadata, dict) else {}
            probability = str(told.get("probability"))
            over = str(told["isClosed"]).casefold() == "true" if "isClosed" in told else probability in ("0.0", "1.0")
            found.stages[key] = str(stage.get("label") or key)
            found.closed[key] = over
            found.won[key] = over and probability in ("1", "1.0")
    return found
