"""Which finding stands for its record, and in which order findings are given."""

from __future__ import annotations

from collections.abc import Sequence

from steplint.findings.schema import SEVERITIES

__all__ = ["ranks"]

# What nothing else can be said before comes first: no row, no step, no act, nobody, no day; then how well it is said.
# The longest matching prefix of a code decides; codes of other families come last.
FUNDAMENTAL = (
    "SRC",
    "WHAT201",
    "WHAT202",
    "WHAT205",
    "WHAT206",
    "WHAT204",
    "WHO",
    "WHEN",
    "WHAT",
    "CMT",
    "WHOM",
    "STG",
    "CAD",
    "MAP",
    "DOC",
)


def ranks(codes: Sequence[str], severities: Sequence[str]) -> list[int]:
    """The rank of each rule, 0 for the one whose finding is primary before all others: most severe, most fundamental,
    then by code. Both sequences have one entry a rule."""

    def weight(index: int) -> tuple[int, int, str]:
        code = codes[index]
        prefixes = [prefix for prefix in FUNDAMENTAL if code.startswith(prefix)]
        family = FUNDAMENTAL.index(max(prefixes, key=len)) if prefixes else len(FUNDAMENTAL)
        return SEVERITIES.index(severities[index]), family, code

    place = [0] * len(codes)
    for rank, index in enumerate(sorted(range(len(codes)), key=weight)):
        place[index] = rank
    return place
