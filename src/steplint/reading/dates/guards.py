"""Look-alikes of dates: sources valid for Python and, once word ends and case folding are ASCII, for Rust."""

from __future__ import annotations

__all__ = ["GUARDS", "LATE_GUARDS"]

_UNIT = "days?|weeks?|wks?|months?|mos?|mths?|years?|yrs?|quarters?|hours?|hrs?"
_SHARE = (
    "of|majority|full|way|through|done|complete|score|likelihood|likely|chance|probability|confidence|confident|rating|nps"
    "|pts|points|stars|users|seats|votes|stakeholders|controls|items|sites|locations|tasks|criteria|requirements|modules"
    "|licen[cs]es|reps|attendees|approvers|approvals|tests|questions|boxes|milestones|features|tickets|members|invitees"
    "|departments|depts|teams|agreed|approved|passed|answered|responded|installed|trained|onboarded|in favou?r|kva|gb"
)
_SCORED = "nps|csat|score|scored|rated|rating|health|version|build|release|firmware|ver|rev"
_NUMBERED = "case|ticket|invoice|order|ref|req|inv|quote|rfp|rfq|tender|po"
_PLACE = "lot|unit|suite|room|ste|apt|floor|ward|gate|dock|bay"
_GAP = r"[ \t]{1,3}"
_TOPIC = (
    "results|numbers|earnings|financials|reports?|figures|actuals|kpis|data|performance|attainment|bookings|revenue"
)
_BRANDS = (
    "black friday|cyber monday|giving tuesday|ruby tuesday|fat tuesday|casual friday|sunday times|tgi fridays?"
    r"|monday\.com|wed bush|newly wed|(?:he|she)'s wed"
)

# Tried before any date. Names appear in reports of `guard`.
GUARDS: dict[str, str] = {
    "url": r"(?:https?://|www\.)[^\s]*[A-Za-z0-9/]",
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "score": rf"(?i:(?:{_SCORED})"
    rf"(?:{_GAP}(?:came|back|at|of|is|was|in|now|to|down|up)){{0,2}}:?[ \t]{{0,3}}[0-9]+(?:[./-][0-9]+)+\b)",
    "numbered": r"#[0-9][0-9A-Za-z/-]*|"
    rf"(?i:(?:{_NUMBERED}) ?(?:#|no\.?|nr\.?)? ?[0-9]{{4,}}(?:[/-][0-9]+)*\b)"
    rf"|(?i:(?:{_PLACE}){_GAP}[0-9]+\b)",
    "address": r"[0-9]{1,4}/[0-9]{1,4} [A-Z][a-z]+ (?:Rd|Road|St|Street|Ave|Avenue|Lane|Ln|Drive|Dr|Blvd|Way|Place|Pl)\b",
    "fraction": rf"(?i:[0-9]{{1,2}}/[0-9]{{1,2}}{_GAP}(?:[a-z]+{_GAP})?(?:{_SHARE})\b)|(?i:(?:1/2|1/3|2/3|1/4|3/4){_GAP}the\b)"
    r'|[0-9]{1,2}/(?:2|4|8|16|32)"'
    r"|24/7(?:/365)?(?:[^0-9/]|$)|(?i:24/5 (?:support|cover|service|help|ops|monitoring))"
    r"|(?:50/50|60/40|80/20|70/30|90/10|24[xX]7)(?:/365)?\b",
    "percent": r"(?:at )?[0-9]+(?:[.,][0-9]+)*(?: ?- ?[0-9]+)? ?%",
    "money": (
        r"[$€£¥] ?[0-9][0-9.,]*(?i:/[a-z]+|k|m|mm|b|bn)?\b"
        r"|(?i:[0-9][0-9.,]* ?(?:k|mm|bn|usd|eur|gbp|dollars|euros|bucks|arr|acv|mrr)\b)"
    ),
    "phone": (
        r"(?:\+[0-9]{1,3}[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}\b"
        r"|\+[0-9]{1,3}(?:[ .-]?[0-9]{2,4}){2,5}\b|[0-9]{3}-[0-9]{4}\b"
    ),
    "ratio": r"[0-9]{1,3}:[0-9]\b",
    "terms": r"(?i:[0-9]{1,2}(?:%|/[0-9]{1,2}),? net|net[ -]?[0-9]{1,3}\b|n[0-9]{2}\b)",
    "duration": (
        rf"(?i:[0-9]{{1,3}}(?:\.[0-9]+)?(?: ?- ?[0-9]{{1,3}})?(?: ?- ?(?:{_UNIT})\b"
        r"| ?\+? ?(?:min(?:ute)?s?|sec(?:ond)?s?)\b))"
        rf"|(?i:(?:[2-9]|[1-9][0-9]+){_GAP}(?:day|week|month|year|yr|quarter)\b)"
    ),
    "topic": rf"(?i:[qh][1-4](?: ?'?(?:20)?[0-9]{{2}}){{0,1}}{_GAP}(?:[a-z]+{_GAP})?(?:{_TOPIC})\b)",
    "version": r"(?i:v[0-9]+(?:\.[0-9]+)*\b|(?:[0-9]+\.){3,}[0-9]+\b)",
    "brand": rf"(?i:(?:{_BRANDS})\b)",
    "domain": r"(?i:[a-z0-9-]+\.(?:com|org|net|io|ai|co|de|fr|eu)\b)",
    "list": r"[0-9]+(?:/[0-9]+){3,}\b",
}

# Tried where no date fits.
LATE_GUARDS: dict[str, str] = {
    "duration": rf"(?i:[0-9]+(?:\.[0-9]+)?(?: ?- ?[0-9]+)? ?(?:{_UNIT}|h))",
    "list": r"[0-9]+/[0-9]{3,}(?:/[0-9]+)*|[0-9]{3,}/[0-9]+(?:/[0-9]+)*",
    "number": r"[0-9]+(?:[.,][0-9]+)+[A-Za-z]?|[0-9]{1,3}-[0-9]{1,3}",
    "id": (
        r"[0-9]+[A-Za-z]+[0-9][A-Za-z0-9]*|[A-Za-z]+[0-9]+[A-Za-z]+[A-Za-z0-9]*|[0-9]+(?:-[0-9]+)+"
        r"|[A-Za-z]{1,5}-[0-9]{2,}(?:-[A-Za-z0-9]+)*"
    ),
}
