"""What one clause says, judged on its class string: history first, then acts, meeting, date and wording."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from steplint.reading.acts import read_acts
from steplint.reading.clause import Clause, Span
from steplint.reading.grammar import Grammar
from steplint.reading.meetings import read_date, read_meeting, read_nouns
from steplint.reading.wording import read_states, read_step_type, read_wording
from steplint.reading.work import Judgements, Work

__all__ = ["Judge"]


class Judge:
    """Judges class strings. `judge` is pure: the same string always gives the same answer."""

    def __init__(self, grammar: Grammar, source: Mapping[str, Any]) -> None:
        self.grammar = grammar
        self.judgements = Judgements(grammar, source)

    def judge(self, raw: str) -> tuple[Clause, tuple[Span, ...]]:
        """The judgement of one class string, and its spans in tokens."""
        work = Work(self.judgements, self.grammar.rewrite(raw))
        _read_label(work)
        _read_history(work)
        _read_filler(work)
        work.found["expecting"] = work.has("expect")
        read_acts(work)
        read_meeting(work)
        read_date(work)
        read_nouns(work)
        read_states(work)
        read_wording(work)
        read_step_type(work)
        quiet = work.has("statement", "state") or work.s[:1] == work.letter["l_old"]
        still = quiet and not work.has(
            "past", "past_give", "was", "cancelled", "done", "d_past", "booked", "event", "demo"
        )
        work.found["past"] = any(work.dead) and not work.asks and not still  # "no change since Friday"
        work.found["person"] = work.any("name")
        return Clause(**work.found), tuple(work.spans)


def _read_label(work: Work) -> None:
    first = work.s[:1]
    if first == work.letter["l_next"]:
        work.found["label"] = "next"
    elif first == work.letter["l_old"]:
        work.found["label"] = "old"


def _read_history(work: Work) -> None:
    """Mark the tokens that tell of the past: log entries, segments with a past verb and no future act, and what follows."""
    s, past = work.s, work.sets["past"]
    letter = work.letter
    if s[:1] in (letter["question"], letter["was"], letter["have"], letter["be"]) and work.letter["qmark"] in s:
        work.dead = [True] * len(s)  # a question about facts tells neither what was nor what will be done
        work.asks = True
        return
    if work.found["label"] == "old" and past.isdisjoint(s) and (letter["will"] in s or work.search("to_verb")):
        work.found["label"] = ""  # "Summary: the customer will send the file"
    if work.found["label"] == "old" or _is_log_entry(work):
        work.dead = [True] * len(s)
        return
    if past.isdisjoint(s) and letter["d_past"] not in s:
        return
    cuts = [0, *(m.start("x") for m in work.finditer("predicate")), len(s)]
    before = False
    for start, end in pairwise(cuts):
        part = s[start:end]
        over = not past.isdisjoint(part) or work.letter["d_past"] in part[:2]
        if (
            before
            and start
            and not over
            and _is_bare(work, s[cuts[0] : start])
            and not work.sets["date"].isdisjoint(part)
        ):
            before = False  # "5/12: putting the estimate together, out by 5/15": the entry's own day says nothing of it
        if over or (before and start):
            over = not _has_future(work, part)
        if over:
            work.dead[start:end] = [True] * (end - start)
        before = over


def _is_bare(work: Work, part: str) -> bool:
    """Whether a part is but a date and marks."""
    return all(x in work.sets["empty"] or x == work.letter["d_past"] for x in part)


def _is_log_entry(work: Work) -> bool:
    """A past day and nothing that is still to come."""
    if work.search("impression") or (
        work.s
        and work.s[0] in work.sets["live"]
        and work.letter["d_ago"] in work.s
        and work.sets["date"].isdisjoint(work.s)
    ):
        return True
    coming = work.sets["date"] | {work.letter["will"]}
    past_day = work.letter["d_past"] in work.s and coming.isdisjoint(work.s) and not work.search("to_verb")
    return past_day and not _leads_with_act(work)


def _leads_with_act(work: Work) -> bool:
    """An imperative before a day that is over is a step whose day has passed, not a log: "Send the quote 1/6"."""
    first = next((at for at, x in enumerate(work.s) if x == work.letter["d_past"]), 0)
    return any(x in work.sets["verb"] or x in work.sets["live"] for x in work.s[:first])


def _has_future(work: Work, part: str) -> bool:
    """Whether a segment with a past verb in it still tells of an act to come."""
    letter, past = work.letter, work.sets["past"]
    will = letter["will"] in part or bool(work.patterns["customer_clause"].search(part))
    if will:
        return True
    if letter["cancelled"] in part:
        return False
    if letter["d_time"] in part and letter["past_give"] not in part and letter["booked"] not in part:
        return True  # "ran into her, got 30 min Thurs 2p": a clock time that is still to come
    if letter["was"] in part:
        return False
    first_past = next((at for at, x in enumerate(part) if x in past), len(part))
    first_verb = next((at for at, x in enumerate(part) if x in work.sets["verb"]), len(part))
    if first_verb < first_past:
        return True
    day = any(x in work.sets["day"] for x in part)
    live = any(x in work.sets["live"] for x in part)
    planned = live or letter["review"] in part
    if planned and (day or letter["d_coarse"] in part) and past.isdisjoint(part) and letter["d_past"] not in part:
        return True  # "handed over, demo Mon 8:30"
    if day and (letter["d_past"] in part[:2] or letter["booked"] in part) and first_past >= len(part):
        return True  # a log entry's date, and a day to come
    if day and live and letter["proposed"] in part:
        return True
    return day and planned and first_past > 0 and letter["booked"] in part


def _read_filler(work: Work) -> None:
    """Whether the clause carries no content: marks, a lone name or date, TBD, a pointer, one status word."""
    s, letter = work.s, work.letter
    content = [x for x in s if x not in work.sets["empty"]]
    dates = work.sets["date"] | {letter["d_past"], letter["d_ago"], letter["d_none"]}
    core = [x for x in content if x not in dates and x not in (letter["l_next"], letter["l_owner"])]
    people = work.sets["name"] | {letter["owner"], letter["initials"], letter["account"]}
    names = people | {letter["proper"], letter["initial"], letter["title"]}
    lone = core and len(core) <= 2 and all(x in names for x in core) and not people.isdisjoint(core)
    if not core or (lone and letter["with"] not in s):
        work.found["filler"] = "bare"
    elif work.search("filling"):
        work.found["filler"] = "tbd"  # a note about the field itself
    elif (
        (letter["slot"] in core and set(core) <= work.sets["slotted"])
        or work.has("form_note")
        or work.search("template")
        or work.search("form")
    ):
        work.found["filler"] = "filler"
    elif letter["tbd"] in core and set(core) <= {letter["tbd"], letter["filler"], letter["pointer"], letter["status"]}:
        work.found["filler"] = "tbd"
    elif (
        letter["pointer"] in core[: 2 if core[0] in work.sets["noted"] else 1]
        or set(core) <= {letter["filler"], letter["pointer"], letter["slot"]}
        or (len(core) == 1 and core[0] in (letter["status"], letter["wait"], letter["state"], letter["done"]))
    ):
        work.found["filler"] = "filler"
