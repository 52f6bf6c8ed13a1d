"""The grammar of date expressions: one table, expanded to a Rust regex for finding, matched on letters for reading.

A pattern is a regular expression whose letters are symbols: word classes of `lexicon/<language>/dates.yaml`
(`words.LETTERS`) and the number shapes below. Blanks between symbols are free. `<NAME>` is a macro. Rules are tried in
order, so longer ones come first.

Keep it small: the regex engine finds pieces with a lazily built automaton only while the whole scan fits its cache;
beyond that it falls back to a matcher fifty times slower (a test holds the size). Share symbols in a rule rather than
repeat them.
"""

from __future__ import annotations

import re

__all__ = ["DOTTED", "RULES", "SHAPES", "WORD_END", "expression"]

_AM = r"[ \t]{0,2}[AaPp]\.?[Mm]"
_YEAR = r"(?:20)?[0-9]{2}"
_STAMP = r"T[0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?"

# Letter -> source valid for Python and for Rust. Longer shapes come first.
SHAPES: dict[str, str] = {
    "i": rf"(?:19|20)[0-9]{{2}}[-/.](?:0?[1-9]|1[0-2])[-/.](?:[12][0-9]|3[01]|0?[1-9])(?:{_STAMP})?",
    "y": r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
    "δ": r"[0-9]{1,2}-[0-9]{1,2}-(?:(?:19|20)[0-9]{2}|2[0-9])",
    "s": (
        r"[0-9]{1,2}(?:/[0-9]{1,2}/(?:(?:19|20)[0-9]{2}|[0-9]{2})|\.[0-9]{1,2}\.20[0-9]{2})"
        r"|[0-9]{2}\.[0-9]{2}\.[0-9]{2}|[0-9]{1,2}\.(?:1[3-9]|2[0-9]|3[01])\.2[3-9]"
    ),
    "x": r"(?:0?[1-9]|1[0-2])/20[0-9]{2}",
    "q": r"[0-9]{1,2}/[0-9]{1,2}(?:st|nd|rd|th|[AaPp][Mm])?|0[1-9]-(?:0[1-9]|[12][0-9]|3[01])|1[0-2]-0[1-9]",
    "f": (
        rf"(?:[Qq][1-4]|H[12])(?: ?['’] ?[0-9]{{2}}|[ /-]?20[0-9]{{2}}| ?(?:FY|fy|CY|cy|Fy) ?['’]?{_YEAR})?"
        rf"|(?:[1-4]Q|[12]H)(?: ?['’]?{_YEAR})?|(?:[1-4]q|[12]h)['’]?{_YEAR}"
        rf"|(?:FY|fy|CY) ?['’]?{_YEAR}(?:[ -]?[QqHh][1-4])?"
    ),
    "t": (
        rf"(?:1[0-2]|0?[1-9])(?:(?:[:.][0-5][0-9]|[0-5][0-9])?{_AM}|[:.]?[0-5][0-9][ap]|p)|(?:1[0-2]|0?[6-9])a"
        r"|(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|(?:[01][0-9]|2[0-3])[0-5][0-9] ?[hH](?:rs)?"
        r"|(?:1[0-2]|[1-9])-?ish|(?:0?[6-9]|1[0-9]|2[0-3])[hH](?:[0-5][0-9])?"
    ),
    "o": r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th|ST|ND|RD|TH|º)",
    "Q": r"(?i:kw|cw|iso week) {0,3}[0-9]{1,2}",
    "Y": r"(?:19|20)[0-9]{2}|['’][0-9]{2}",
    "r": r"[0-9]{1,2}[dD]",
    "m": r"(?:[01][0-9]|2[0-3])[0-5][0-9]",
    "n": r"[0-9]{1,2}",
}
# Day and month with a full stop each, as German and Dutch writers do: "18.11.". It ends on a stop, not on a word.
DOTTED = r"(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.(?:[ \t]+|$)"
WORD_END = frozenset("styxoYfmqiQ2rδ")  # shapes that must end at a word end even inside a rule

_MACROS = {
    # A clock, and what may stand between a day and its clock.
    "CLOCK": "(?:(?:(?:t|C|n)(?:-|J|O)(?:t|C)|t(?:-|J|O)n|nc|t|C)Z?|m(?:Z|k))",
    "POST": r"(?:[,(-]?(?:T|J|F)?P?T?<CLOCK>|[,(]?n-nZ?|P?Tn(?:-n|On)?Z?|,?P|,?(?:T|b)?e)",
    "PRE": "(?:TnT|P?<CLOCK>[,]?(?:T|G)?|e,?(?:T|G|b)?|PG?)",
    # Days that name themselves. `·` (a full stop) and `2`, `3`, `4` and `5` (a year of two digits, a number
    # that ends a word, @, a number before a blank) are for finding only: the parser drops the stop and sees numbers and "at".
    "DATE": "(?:i|y|δ|s|q|(?:M(?:-|/)?N?(?:n|o)|(?:n·?|o)(?:G|-|/)?N?M)(?:-(?:Y|n)|(?:,|/)?Y)?)",
    "MD": "(?:δ|s|q|(?:M(?:-|/)?N?(?:n|o)|(?:n·?|o)(?:G|-|/)?N?M)(?:,?Y)?)",  # the same without rarer forms, for pairs
    "WD": "(?:D?W)",
}

# name -> pattern; `parse` has a builder for every name.
RULES: dict[str, str] = {
    "holiday": "D?H(?:,?Y)?",
    "vague_period": "v,?(?:I|a|T|b)?N?D?(?:U|u|M|f|S)",
    "vague": "(?:vI?)?V|v",
    "anchored": "(?:w|(?:K|n)?(?:u|U|d)(?:F|B|T|b))N?(?:W,?T?)?(?:<MD>|o|H|<WD>|R|i)",
    "nth_weekday": "(?:T|b)?N?(?:j|o|D)W(?:G|I)N?M(?:,?Y)?",
    "md_range": "(?:W,?)?(?:MN?(?:n|o)(?:-|J|O)(?:n|o)(?:,?Y)?|N?(?:n|o)(?:-|J|O)N?(?:n|o)G?M(?:,?Y)?)",
    "pair": "(?:W,?)?(?:<MD>|<WD>|R|o|i)(?:T?tZ?|e)?(?:O|-|J|/|,O)T?(?:W,?)?(?:<MD>|<WD>|R|o|i)(?:G?Du)?",
    "day_range": "(?:W,?)?q(?:-|O)n",
    # A bound before month and day is part of the date, or "by Feb 24" would end after "by Feb", "by 2026-02-24" after "by 2026".
    "date": (
        r"(?:W,?\(?T?)?N?<DATE>(?:\(?W)?|(?:I|b)i|(?:I|b|T)δ|(?:b|J|a|T)D?MN?(?:n|o)(?:-(?:Y|n)|,?Y)?|(?:b|J|T)N?oG?N?M(?:,?Y)?"
        r"|(?:W,?\(?T?|T|b)Nj|N?jGN?M|MN?j(?:,?Y)?|W,?\(?T?N?o|n-?M2|(?:W|T|b)n-3"
    ),
    "edge_period": "(?:E|N?(?:j|o)(?:w|u(?:G|I)?))-?(?:I|a)?N?(?:D?(?:u|U|f|M|S)(?:,?Y)?|Y)",
    "offset": "(?:(?:I|a)N?D?|D)?(?:K|n)(?:(?:-|J|O)(?:K|n))?(?:U|u|d|k)X?|(?:I|a)?D(?:d|k)|(?:I|a)?r",
    "weekday_week": "W,?(?:T|G)?Du|Du,?T?W|N?WBD|Wu",
    "period_code": "D?A(?:G?(?:M|f))?",
    "fiscal": "(?:I|a|D)?f(?:(?:-|/|J|O)f)?(?:,?G?Y)?",
    "rare": (
        "(?:l?gl?(?:,?β?(?:q|s|δ))?|(?:g,?)?β?(?:n·?|o)(?:β?h|βM)(?:,?β?Y)?|hN?(?:n|o))|l(?:p|u)|(?:p|u)l|zβ?l?(?:p|h)"
    ),
    "week_number": "Q|un",
    "weekday_number": "W,?5",
    "weekday": "(?:DD?)?W",
    "week_after_next": "N?(?:u|U)BD",
    "month": "(?:(?:I|a|b|J)D?|D)?M(?:(?:/|-|O)M)?(?:,?G?Y)?|x",
    "season": "(?:I|a|b|B|J)?N?D?S(?:,?G?Y)?",
    "period": "(?:a?DN?|N|a)(?:u|U)",
    "day_word": "R|α",
    "end_of_day": "e",
    "day_of_month": "(?:T|b|J)?N?o(?:GD?U)?",
    "year": "(?:I|b)Y",
}


def expression(*, finding: bool = False) -> str:
    """The whole grammar as one pattern over letters; each rule is a named group. `finding` keeps what only the scan sees."""
    rules = "|".join(f"(?P<{name}>{pattern})" for name, pattern in RULES.items())
    source = f"(?:(?P<bound>B)N?T?)?(?:(?:<PRE>)?(?:{rules})(?:<POST>)?|(?P<clock><CLOCK>|43))(?:,?(?P<latest>L))?"
    while re.search(r"<[A-Z]+>", source):
        source = re.sub(r"<([A-Z]+)>", lambda found: _MACROS[found[1]], source)
    source = source.replace("D", "(?:N?D)")  # "the next", "the coming"
    return (
        source
        if finding
        else source.replace("·?", "").replace("2", "n").replace("3", "n").replace("4", "T").replace("5", "n")
    )
