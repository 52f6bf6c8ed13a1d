"""Meetings, nouns that are steps without a verb, and the day of the step."""

from __future__ import annotations

from steplint.reading.work import Work

__all__ = ["read_date", "read_meeting", "read_nouns"]


def read_meeting(work: Work) -> None:
    """Whether a live meeting is meant, still to be planned or given, and whether somebody of the customer takes part."""
    s, letter, found = work.s, work.letter, work.found
    clocked = work.has("d_time", "d_clock")
    dated = work.any("day")
    live = _live(work, clocked=clocked, dated=dated)
    meets = work.alive(letter["meet"])
    meeting = (
        bool(live or meets)
        or work.has("v3s_meet")
        or bool(clocked and work.search("shown"))
        or work.search("with_at") is not None
        or work.search("at_with") is not None
        or work.search("together") is not None
    )
    buyers = work.any("buyer")
    if meeting and not buyers and (work.search("internal") or work.has("our")):
        found["internal"] = True
        found["works"] += 1
        return
    shown = [m.start() for m in work.finditer("presents") if not work.theirs[m.start()] and not work.dead[m.start()]]
    meeting = meeting or bool(shown)
    slots = [at for at in work.alive(letter["schedule"]) if _only_a_slot(work, at)]
    meeting = meeting or bool(slots)
    if not meeting and clocked and work.any("buyer") and work.has("accepted"):
        meeting = True  # "5/22 11am Fatou + rector, both accepted"
    if not meeting and clocked and work.alive(letter["booked"]) and not work.any("thing"):
        meeting = True  # "rebooked for 10/16 11am, Aisling + controller"
    if not meeting and _meets_at_a_time(work):
        meeting = True
    found["meeting"] = meeting
    settled = work.search("settled") and not work.has("schedule", "hedge", "modal")  # "she wants a demo, set for 7/30"
    found["planning"] = work.search("planning") is not None and not settled
    if meeting:
        for at in sorted(live)[:1] or meets[:1]:
            work.mark("what", at)
        places = {m.start("x") for m in work.finditer("at_place")}  # "training at their plant"
        found["attended"] = any(
            x in work.sets["buyer"] and x != letter["they"] and at not in places for at, x in enumerate(s)
        )
    elif work.has("our", "seller_role"):
        found["internal"] = bool(found["works"])


def _meets_at_a_time(work: Work) -> bool:
    """People and a clock time, and nothing that is handed over or done: "so 3 of us + her 9/23 11am"."""
    found, joint = work.found, work.sets["joint"]
    times = work.alive(work.letter["d_time"])
    if not times or found["gives"] or found["works"] or found["customer_acts"] or found["infos"] or found["contact"]:
        return False
    start = next((at + 1 for at in range(times[0], -1, -1) if work.s[at] in joint), 0)
    end = next((at for at in range(times[0], len(work.s)) if work.s[at] in joint), len(work.s))
    part = set(work.s[start:end])
    met = any(x in work.sets["met"] for at, x in enumerate(work.s) if not work.dead[at])
    return (met or work.letter["calendar"] in part) and part.isdisjoint(work.sets["no_meeting"])


def _live(work: Work, *, clocked: bool, dated: bool) -> list[int]:
    """The tokens that are live events, or stand for one: a review with people, a committee's slot, a calendar hold."""
    s, letter, found = work.s, work.letter, work.found
    with_buyer = work.search("with_buyer") is not None
    live = work.alive(work.sets["live"])
    for at in work.alive(work.sets["maybe_live"]):
        if (
            s[at] == letter["committee"]
            and found["customer_acts"]
            and s[at - 1 : at] in (letter["with"], letter["about"])
        ):
            continue  # "lodges the bid with council"
        if s[at + 1 : at + 2] in work.sets["handed"]:
            continue  # "pilot success criteria"
        planned = letter["schedule"] in s[:at] or (dated and letter["booked"] in s[at:])
        planned = planned and s[at] == letter["review"]
        if (
            clocked
            or planned
            or (with_buyer and (dated or work.has("tbd") or (s[at] == letter["review"] and work.any("met"))))
        ):
            live.append(at)
    if dated and not live and work.alive(letter["booked"]):
        live = [at for at, x in enumerate(s) if x in work.sets["live"]]  # "demo was set for Thu, moved to 11/19"
    if dated and work.has("proposed", "booked"):
        live += [at for at in work.alive(letter["committee"]) if letter["to"] not in s[max(0, at - 2) : at]]
    if dated and not found["gives"]:
        live += [at for at in work.alive(letter["invite"]) if _holds_a_day(work, at)]
    if work.has("state") and not dated and not work.has("schedule", "d_coarse"):
        return []  # "assessment under way"
    return live


def _holds_a_day(work: Work, at: int) -> bool:
    """Whether an invite or a hold stands for its meeting: "Hold 12/2 w/ CFO", not "price hold letter"."""
    after = work.s[at + 1 : at + 2]
    return at == 0 or not after or after in work.sets["date"] or after in (work.letter["with"], work.letter["about"])


def _only_a_slot(work: Work, at: int) -> bool:
    """Whether a scheduling verb puts a meeting on the calendar: "book 30 min", "rebook"; not "arrange the paperwork"."""
    return all(x not in work.sets["thing"] for x in work.s[at + 1 : work.phrase_end(at) + 1])


def read_nouns(work: Work) -> None:
    """Steps that have no verb: "Proposal by Friday", "Contract review", "Board approval 12/5"."""
    s, letter, found = work.s, work.letter, work.found
    if (
        found["contact"]
        and not work.acts()
        and work.any("date")
        and work.alive(work.sets["handed"])
        and work.search("to_buyer")
    ):
        found["gives"] = 1  # "NDA to Drew 8/14, chase Drew 8/18"
        work.mark("what", work.alive(work.sets["handed"])[0])
        return
    spoken = (
        work.acts() or found["contact"] or found["goal"] or found["process"] or found["housekeeping"] or found["infos"]
    )
    if (
        spoken
        or found["filler"]
        or (work.dead and all(work.dead))
        or work.has("wait", "expect", "state", "statement", "was", "be", "b_not_ready", "b_think", "b_team")
    ):
        return
    handed = work.alive(work.sets["handed"])
    reviews = work.alive(letter["review"])
    dated = work.any("date")
    if work.search("to_buyer") and dated:
        found["gives"] = 1
        work.mark("what", 0, work.phrase_end(0))
    elif deeds := work.alive(letter["deed"]):
        found["gives" if handed else "works"] = 1
        work.mark("what", deeds[0])
    elif talks := work.alive(letter["discussion"]):
        topic = work.any("topic_like") or work.search("about_something")
        found["contact"] = (3 if work.any("buyer") else 2) if topic else 1
        if topic:
            work.mark("what", talks[0])
    elif reviews:
        found["works"] = 1
        work.mark("what", reviews[0])
    elif handed and (dated or work.search("to_buyer")):
        found["gives"] = 1
        work.mark("what", handed[0])
    elif (
        work.has("signoff")
        and dated
        and not work.has("with", "want")
        and work.has("committee", "buyer_role", "contact", "person", "department")
    ):
        found["customer_acts"] = 1
    elif work.has("signoff") and dated:
        found["goal"] = True
    elif found["date"] >= 3 and _says_something(work):
        found["works"] = 1  # a dated clause with an unknown verb is more often a step than not
    elif (
        work.any("bare_topic")
        and len(s) <= 3
        and not work.has("number", "with", "not")
        and not work.any("buyer_or_owner")
        and s[0] not in (letter["with"], letter["at"])
    ):
        found["vague"] = True
        work.mark("vague", 0, len(s) - 1)


def _says_something(work: Work) -> bool:
    """At least two content words beside the date."""
    plain = {
        work.letter[name]
        for name in ("word", "proper", "ing", "deliverable", "topic", "tech", "case", "trial", "contract")
    }
    people = work.sets["buyer"]
    content = [x for x in work.s if x in plain or x in people]
    return (
        len(content) >= 2
        and any(x in plain for x in content)
        and not work.any("past")
        and not work.has("status", "wait")
    )


def read_date(work: Work) -> None:
    """The clause's best date that is not history and not a date of the contract; what grade it has and where it stands."""
    s, letter, found = work.s, work.letter, work.found
    rank = {letter["d_time"]: 4, letter["d_day"]: 3, letter["d_coarse"]: 2, letter["d_vague"]: 1, letter["d_soon"]: 1}
    shut = {m.start("x") for m in work.finditer("anchor_date")}
    best, at = 0, -1
    for i, x in enumerate(s):
        if not work.dead[i] and i not in shut and rank.get(x, 0) > best:
            best, at = rank[x], i
    clock = next(iter(work.alive(letter["d_clock"])), -1)
    if clock >= 0 and best < 2:
        best, at = 3, clock  # a clock time alone is today
        found["clock_only"] = True
    elif clock >= 0 and best == 3:
        best = 4
    event = next(iter(work.alive(letter["when_event"])), -1)
    if best == 0 and event >= 0:
        best = 1  # "once legal is done": tied to an event that has no day
        work.mark("when", event, work.phrase_end(event))
    found["soon"] = best == 1 and at >= 0 and s[at] == letter["d_soon"]
    over = next(iter(work.alive(letter["d_past"])), -1)
    if best == 0 and over >= 0:
        found["overdue"] = True
        at = over  # the step's day has passed: no date to come, but the day is told
    if best >= 3 and work.search("two_days"):
        best = 2
        found["alternatives"] = True
    if best >= 3 and any(m.start("x") == at for m in work.finditer("after_day")):
        best = 2
    found["date"], found["date_at"], found["clock_at"] = best, at, clock
    if at >= 0:
        work.mark("when", at)
