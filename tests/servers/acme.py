"""A CRM of nobody's, paged by number: what the example source of examples/source-plugin talks to."""

from __future__ import annotations

from typing import Any

from tests.servers.base import Call, Reply, Server, json_reply

TOKEN = "canary-4711-token"  # noqa: S105 - what tests look for in everything that is written


class Acme(Server):
    """`deals` in pages of `size`."""

    def __init__(self, deals: list[dict[str, Any]], size: int = 10) -> None:
        super().__init__()
        self.deals = deals
        self.size = size

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_reply({"error": "who are you?"}, 401)
        after = int(call.query["after"])
        page = self.deals[after : after + self.size]
        last = after + self.size >= len(self.deals)
        return json_reply({"total": len(self.deals), "next": None if last else str(after + self.size), "deals": page})


def deals(count: int) -> list[dict[str, Any]]:
    """Deals with and without a good next step."""
    steps = [
        "Call Dana Thu 15 Jan 10:00 to review redlines",
        "Circle back next quarter",
        "",
        "TBD",
        None,
        "Legal\r\nsays “wait”",
    ]
    return [
        {
            "id": f"D-{number:05}",
            "title": f"Deal {number}",
            "rep": "D. Lee",
            "todo": steps[number % len(steps)],
            "due": "2026-01-15" if number % 4 == 0 else None,
            "phase": "Proposal",
        }
        for number in range(count)
    ]
