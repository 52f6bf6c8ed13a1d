"""Who does what: the customer's acts, then ours."""

from __future__ import annotations

import re

from steplint.reading.work import Work

__all__ = ["read_acts"]


def read_acts(work: Work) -> None:
    """Count the future acts of both sides, tell what ours amount to, and whether a doer is named."""
    _read_customer_acts(work)
    _read_labels(work)
    last = max((span.first for span in work.spans if span.role == "what"), default=-1)
    _read_seller_acts(work, last)
    found = work.found
    for m in work.finditer("both_do"):
        if not work.dead[m.start("v")]:
            work.taken[m.start("v")] = True
            found["customer_acts"] += 1
            found["both"] = True
            work.mark("what", m.start("v"), work.phrase_end(m.start("v")))
    if work.has("both") and (found["customer_acts"] or found["gives"] or found["works"]):
        found["both"] = True


def _read_customer_acts(work: Work) -> None:
    s, letter = work.s, work.letter
    deliverable = work.any("handed")
    for name in ("customer_will", "unknown_will", "customer_does", "customer_doing", "customer_being", "customer_base"):
        for m in work.finditer(name):
            at = m.start("v")
            if work.taken[at] or work.dead[at] or work.dead[m.start("s")]:
                continue
            before = s[m.start("s") - 1] if m.start("s") else ""
            if before == letter["when_event"] and name == "customer_does":
                continue  # "once the new CMO starts" ties the step to an event
            if before in work.sets["subjectless"] and before != letter["wait"]:
                continue
            for i in range(m.start("s"), m.end("v")):
                work.taken[i] = work.theirs[i] = True
            verb = m["v"]
            effort = deliverable if verb == letter["contact_verb"] else verb not in work.sets["no_effort"]
            if effort:
                work.found["customer_acts"] += 1
                work.mark("what", at, work.phrase_end(at))
            if effort or verb in work.sets["mere_contact"]:
                _name_doer(
                    work, m, also=frozenset({letter["proper"], letter["initials"]} if name != "customer_will" else ())
                )
            if not effort and verb == letter["contact_verb"]:
                work.found["contact"] = 1
                work.mark("vague", at, work.phrase_end(at))
            if letter["modal"] in (m.groupdict().get("a") or ""):
                work.found["hedged"] = True
    for m in work.finditer("done_by"):
        waited = letter["wait"] in s[: m.start("s")]  # "pending approval from Tom" is waiting, no act
        if not waited and not work.dead[m.start("s")] and letter["accepted"] not in s[: m.start("s")]:
            work.found["customer_acts"] += 1
            _name_doer(work, m)


def _read_labels(work: Work) -> None:
    """Doers before a colon: "Owner: purchasing", "Dana: send the org chart", "Joel/Dana: workshop"."""
    letter, found = work.letter, work.found
    for m in work.finditer("owner_label"):
        theirs = any(x in work.sets["buyer"] for x in m["s"])
        found["customer_acts"] += theirs
        found["owner_theirs"] = theirs
        _name_doer(work, m, also=frozenset({letter["proper"], letter["initials"]}))
    for speaker in work.finditer("speaker"):
        if not work.dead[-1]:
            _read_speaker(work, speaker)


def _read_speaker(work: Work, speaker: re.Match[str]) -> None:
    found = work.found
    sides = {x in work.sets["named_buyer"] for x in speaker["s"] if x not in work.sets["empty"]}
    found["named"] = True
    found["actor"] = "named"
    work.mark("who", speaker.start("s"), speaker.end("s") - 1)
    if len(sides) == 2:
        found["both"] = True
    elif sides == {True}:
        at = next(
            (i for i in range(speaker.end("s"), len(work.s)) if work.s[i] in work.sets["verb"] and not work.taken[i]),
            -1,
        )
        if at < 0:  # "Tatiana: insurance cert"
            at = next((i for i in range(speaker.end("s"), len(work.s)) if work.s[i] in work.sets["handed"]), -1)
        if at >= 0:
            work.taken[at] = True
            found["customer_acts"] += 1
            work.mark("what", at, work.phrase_end(at))


def _name_doer(work: Work, m: re.Match[str], also: frozenset[str] = frozenset()) -> None:
    said = m["s"]
    named = any(x in work.sets["named_buyer"] or x in work.sets["named_seller"] or x in also for x in said)
    named = named or (work.letter["their"] in said and not work.sets["unit"].isdisjoint(said))  # "their toolroom"
    work.found["named"] = work.found["named"] or named
    work.found["actor"] = work.found["actor"] or ("named" if named else "they")
    work.mark("who", m.start("s"), m.end("s") - 1)


def _read_seller_acts(work: Work, inherits: int) -> None:
    """Acts of our side. `inherits` is the token of the customer's last act: a verb joined to it by “and” is theirs too."""
    letter, found = work.letter, work.found
    kinds: set[str] = set()
    for m in work.finditer("seller_verb"):
        at = m.start("v")
        if work.taken[at] or work.dead[at] or m["v"] == letter["wish"]:
            continue
        work.taken[at] = True
        before = m["p"]
        joined = before == letter["and"] or (before == letter["comma"] and at > m.end("p"))
        if not m["s"] and joined and 0 <= inherits < at:
            found["customer_acts"] += 1
            continue
        if m["s"]:
            named = any(x in work.sets["named_seller"] for x in m["s"])
            found["unnamed"] = found["unnamed"] or m["s"] == letter["group"]
            found["named"] = found["named"] or named
            found["actor"] = found["actor"] or ("named" if named else "we")
            work.mark("who", m.start("s"), m.end("s") - 1)
        asked = before == letter["request"] or letter["please"] in m[0]
        kind = _kind(work, at)
        if asked and kind in ("gives", "infos"):
            kind = "works"  # a request to the customer hands nothing over
        kinds.add(kind)
        if letter["modal"] in m[0][: at - m.start()]:
            found["hedged"] = True
        if kind in ("gives", "works"):
            found[kind] += 1
            found["explicit"] = found["explicit"] or m["v"] != letter["meet"]
            work.mark("what", at, work.phrase_end(at))
        elif kind == "infos":
            found["infos"] += 1
    _read_told_acts(work)
    _read_generic(work, kinds)


def _read_told_acts(work: Work) -> None:
    """Acts told of somebody or something of ours: "Joel sends", "to be sent", "the kit ships Monday"."""
    letter, found = work.letter, work.found
    for m in work.finditer("seller_does"):
        at = m.start("v")
        if not work.dead[at] and not work.taken[at]:
            gives = m["v"] == letter["v3s_give"] and any(
                x in work.sets["object"] or x == letter["our"] for x in work.s[at:]
            )
            found["gives" if gives else "works"] += 1
            found["explicit"] = found["named"] = True
            found["actor"] = "named"
            work.mark("who", m.start("s"), m.end("s") - 1)
            work.mark("what", at, work.phrase_end(at))
    for m in work.finditer("passive"):
        by_whom = work.s[m.end() : m.end() + 3]
        told = by_whom[:1] == letter["by"] and any(x in work.sets["buyer"] for x in by_whom[1:])
        if not work.dead[m.start("v")] and not told:
            gives = m["v"] == letter["passive_give"]
            found["gives" if gives else "works"] += 1  # "to be sent": an act without a doer
            found["unnamed"] = True
            work.mark("what", m.start("v"))
    for m in work.finditer("ships"):
        if not work.dead[m.start("v")] and not work.taken[m.start("v")]:
            found["gives"] += 1
            work.mark("what", m.start("v"))


def _read_generic(work: Work, kinds: set[str]) -> None:
    """Contact, process words, goals and CRM work; also where they stand as nouns ("champion follow-up")."""
    letter, found = work.letter, work.found
    for kind in ("process", "goal", "housekeeping"):
        found[kind] = kind in kinds
    loose = [at for at in work.alive(letter["contact_verb"]) if not work.taken[at]]
    if loose and not kinds and not (found["gives"] or found["works"] or found["customer_acts"]):
        kinds.add("contact")  # "Champion follow-up"
    if "contact" in kinds:
        found["contact"] = max(found["contact"], _contact_grade(work))
    loose = [at for at in work.alive(letter["process"]) if not work.taken[at]]
    if loose and not kinds and not (found["gives"] or found["works"] or found["customer_acts"] or found["contact"]):
        found["process"] = True  # "further qual needed"
    reached = work.has("into") and work.any("buyer")  # "multi-thread into finance"
    found["worked_on"] = "process" in kinds and (reached or work.any("handed") or work.has("topic", "trial"))


_KIND_OF_VERB = {
    "contact_verb": "contact",
    "dial": "contact",
    "discuss": "contact",
    "process": "process",
    "goal": "goal",
    "housekeeping": "housekeeping",
}


def _kind(work: Work, at: int) -> str:
    """What a verb of ours amounts to: gives, works, infos, contact, process, goal or housekeeping."""
    letter = work.letter
    verb, rest = work.s[at], work.s[at + 1 :]
    for name, kind in _KIND_OF_VERB.items():
        if verb == letter[name]:
            return kind
    if verb not in (letter["give"], letter["prepare"], letter["reply"]):
        return "works"
    earlier = any(x in work.sets["handed"] for x in work.s[:at])
    if rest[:1] == letter["something"] and earlier:
        return "gives"  # "record a video and email it"
    near = rest[: next((i for i, x in enumerate(rest) if x in work.sets["joint"]), len(rest))]
    if (
        verb == letter["give"]
        and rest[:1] == letter["they"]
        and (len(rest) == 1 or rest[1] in work.sets["behind_them"])
    ):
        return "gives"  # "return them to counsel"
    if work.patterns["inward"].search(near):
        return "works"  # to a colleague
    if any(x in work.sets["object"] and x != letter["info"] for x in near):
        return "gives"
    if earlier and not any(x in work.sets["wording"] or x == letter["info"] for x in near):
        return "gives"  # "make a new offer and send it"
    if letter["invite"] in near or any(x in work.sets["live"] for x in near):
        return "gives" if verb == letter["prepare"] else "works"
    return "infos"


def _contact_grade(work: Work) -> int:
    """1 bare, 2 with a topic, 3 with a topic and a person."""
    bound = next(
        (at for at, x in enumerate(work.s) if x in (work.letter["when_event"], work.letter["cond"])), len(work.s)
    )
    verbs = {work.letter[name] for name in ("contact_verb", "dial", "discuss")}
    start = next((at for at, x in enumerate(work.s) if x in verbs and not work.dead[at]), 0)
    said = work.s[start:bound]
    topic = not work.sets["topic_like"].isdisjoint(said) or work.patterns["about_something"].search(said) is not None
    return (3 if work.any("buyer") else 2) if topic else 1
