"""Pairs of texts that differ in little and are read differently, field by field; and strong next steps against weak ones."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest

from steplint.reading import Reader

# field, text, its reading, other text, its reading. Written on Thursday 20 November 2025 by Ana Ortiz about Nexio, whose
# people are Dana Reyes and Tom Becker.
PAIRS: list[tuple[str, str, Any, str, Any]] = [
    ("meeting", "Send the call sheet Wed", False, "Set the call for Wed", True),
    ("one_sided", "Send them by Fri, deck and quote", True, "Ask them by Fri about deck and quote", False),
    # named_owner
    ("named_owner", "Dana to send the seat list by Tuesday", True, "We will send the seat list by Tuesday", False),
    ("named_owner", "Ana will draft the order form Monday", True, "I will draft the order form Monday", False),
    ("named_owner", "Legal to return the redlines 12/3", True, "They return the redlines 12/3", False),
    ("named_owner", "Owner: Dana - upload the test data", True, "Owner: You - upload the test data", False),
    ("named_owner", "Their CFO signs the order form Friday", True, "Nexio signs the order form Friday", False),
    ("named_owner", "Tom to review the SOW", True, "Customer to review the SOW", False),
    ("named_owner", "SE to configure the sandbox Monday", True, "We configure the sandbox Monday", False),
    ("named_owner", "Dana: send the org chart", True, "To do: send the org chart", False),
    ("named_owner", "Procurement to issue the PO by 12/5", True, "Buyer to issue the PO by 12/5", False),
    (
        "named_owner",
        "Security to complete the questionnaire by 12/5",
        True,
        "Someone to complete the questionnaire by 12/5",
        False,
    ),
    ("named_owner", "Contract to be signed by Dana Friday", True, "Contract to be signed by Friday", False),
    ("named_owner", "AO to send the quote Monday", True, "to send the quote Monday", False),
    ("named_owner", "Marketing to send the logo files Friday", True, "Nobody to send the logo files Friday", False),
    ("named_owner", "IT to whitelist the domain Friday", True, "We to whitelist the domain Friday", False),
    ("named_owner", "Person: Ana. Send quote.", True, "Support: Ana. Send quote.", False),
    ("named_owner", "AO: send quote Friday", True, "NS: send quote Friday", False),
    ("named_owner", "Ines to deliver the seat list", True, "You to deliver the seat list", False),
    ("named_owner", "Demo with Raj Friday", False, "Raj to demo Friday", True),
    (
        "named_owner",
        "Ops lead confirms the rollout plan by 12/5",
        True,
        "Customer confirms the rollout plan by 12/5",
        False,
    ),
    ("named_owner", "SOW review by Dana 12/5", True, "SOW review by 12/5", False),
    ("named_owner", "Everyone to review SOW 12/5", False, "Counsel to review SOW 12/5", True),
    ("named_owner", "Dana and Ana to finalise the plan", True, "Both sides to finalise the plan", False),
    # customer_action
    ("customer_action", "Dana to send the usage export Friday", True, "Ana to send the usage export Friday", False),
    ("customer_action", "Waiting on Dana to sign the NDA", True, "Waiting on Dana", False),
    ("customer_action", "Customer signs the order form 12/3", True, "We sign the order form 12/3", False),
    ("customer_action", "Tom will introduce us to the CFO", True, "Tom will get back to us", False),
    ("customer_action", "Demo with Dana Tuesday 2pm", True, "Schedule demo with Dana", False),
    ("customer_action", "Their legal returns redlines 12/4", True, "Our legal returns redlines 12/4", False),
    ("customer_action", "Tom to approve the SOW by 12/4", True, "Ask Tom to approve the SOW by 12/4", False),
    ("customer_action", "Dana sends the requirements Monday", True, "Get Dana to send the requirements Monday", False),
    ("customer_action", "PO to be issued by Dana", True, "PO to be issued by Friday", False),
    ("customer_action", "Committee to decide 12/4", True, "Awaiting committee decision", False),
    ("customer_action", "They will provide test data Monday", True, "They will let us know Monday", False),
    ("customer_action", "Acme legal signs the NDA Friday", True, "Awaiting NDA signature Friday", False),
    ("customer_action", "Demo booked with their CFO", True, "Propose demo to their CFO", False),
    ("customer_action", "Partner to introduce the end customer", True, "Partner to get back", False),
    ("customer_action", "Please return the signed copy", False, "Dana to return the signed copy", True),
    # vague
    ("vague", "Follow up with Dana", True, "Demo with Dana", False),
    ("vague", "Touch base next week", True, "Workshop next week", False),
    ("vague", "Send info", True, "Send proposal", False),
    ("vague", "Probably send the proposal Friday", True, "Send the proposal Friday", False),
    ("vague", "Someone to send the SOW", True, "Dana to send the SOW", False),
    ("vague", "Review the contract asap", True, "Review the contract Friday", False),
    ("vague", "Follow up on pricing", True, "Follow up with Dana on pricing by 12/3", False),
    ("vague", "Check in Tuesday", True, "Check-in call Tuesday 9am", False),
    ("vague", "TBD", True, "n/a", False),
    ("vague", "Discuss with Dana", True, "Meet with Dana", False),
    ("vague", "Circle back on budget", True, "Review budget with Dana 12/3", False),
    ("vague", "Call Dana", True, "Call Dana about the redlines 12/3", False),
    ("vague", "Move forward", True, "Move the demo to Friday", False),
    ("vague", "Send Dana something Friday", True, "Send Dana the SLA Friday", False),
    ("vague", "Budget", True, "Budget review with CFO Friday", False),
    ("vague", "Touch base with Dana on SOW", False, "Touch base with Dana", True),
    ("vague", "Discuss pricing", True, "Present pricing", False),
    ("vague", "Ping Dana Friday", True, "Visit Dana Friday", False),
    # meeting
    ("meeting", "Call with Dana Tue 3pm", True, "Call Dana Tue 3pm", False),
    ("meeting", "Schedule demo with procurement", True, "Send deck to procurement", False),
    ("meeting", "Workshop 12/4", True, "Workshop slides 12/4", False),
    ("meeting", "Meet Dana Friday", True, "Email Dana Friday", False),
    ("meeting", "Kickoff with Tom Monday", True, "Kickoff plan to Tom Monday", False),
    ("meeting", "QBR with Dana 12/9 at 10am", True, "Internal QBR 12/9 at 10am", False),
    ("meeting", "Follow-up call Thu 9am", True, "Follow up Thu 9am", False),
    ("meeting", "Lunch with Dana Friday", True, "Letter to Dana Friday", False),
    ("meeting", "Internal sync Friday", False, "Sync with Dana Friday", True),
    ("meeting", "Zoom with Tom 3pm tomorrow", True, "Note to Tom 3pm tomorrow", False),
    ("meeting", "Board votes 12/4", False, "Meet board 12/4", True),
    # past_only
    ("past_only", "Sent the proposal 11/18", True, "Send the proposal 12/8", False),
    ("past_only", "Met with Dana yesterday", True, "Meet with Dana tomorrow", False),
    ("past_only", "Left voicemail", True, "Leave voicemail", False),
    ("past_only", "Demo held", True, "Demo scheduled", False),
    ("past_only", "Dana signed the NDA", True, "Dana to sign the NDA", False),
    ("past_only", "Proposal sent", True, "Proposal to be sent", False),
    ("past_only", "11/18 AO - lvm", True, "11/28 AO - demo", False),
    ("past_only", "Pilot prolonged", True, "Pilot review Friday", False),
    ("past_only", "Talked to Tom 11/19", True, "Talk to Tom 11/24", False),
    # date_kind
    ("date_kind", "Send quote Friday", "specific", "Send quote next week", "coarse"),
    ("date_kind", "Send quote by 12/3", "specific", "Send quote soon", "vague"),
    ("date_kind", "Send quote in 3 days", "specific", "Send quote in 6 months", "coarse"),
    ("date_kind", "Demo 12/9", "specific", "Demo week of 12/9", "coarse"),
    ("date_kind", "Demo Tuesday", "specific", "Demo Tuesday or Thursday", "coarse"),
    ("date_kind", "Send quote tomorrow", "specific", "Send quote", "none"),
    ("date_kind", "Demo in December", "coarse", "Demo in the new year", "vague"),
    ("date_kind", "Workshop on Friday", "specific", "Workshop after the holidays", "vague"),
    ("date_kind", "Send quote by EOD", "specific", "Send quote by EOW", "coarse"),
    ("date_kind", "Sign contract 12/3", "specific", "Sign contract, renewal 12/3", "none"),
    ("date_kind", "Demo Tuesday", "specific", "Demo TBD", "vague"),
    ("date_kind", "Workshop Q1", "coarse", "Workshop eventually", "vague"),
    ("date_kind", "Call at 3pm", "specific", "Call at some point", "vague"),
    ("date_kind", "Send SOW within 5 working days", "specific", "Send SOW in the next few days", "vague"),
    ("date_kind", "Demo mid-December", "coarse", "Demo December 15", "specific"),
    ("date_kind", "Review after 12/3", "coarse", "Review on 12/3", "specific"),
    ("date_kind", "Call 555-1203", "none", "Call 12/03", "specific"),
    ("date_kind", "Upgrade to v12.3", "none", "Upgrade on 12/3", "specific"),
    ("date_kind", "Demo sometime next week", "vague", "Demo early next week", "coarse"),
    ("date_kind", "Demo cancelled 12/3", "none", "Demo booked 12/3", "specific"),
    ("date_kind", "Spoke 11/18", "none", "Speak 11/28", "specific"),
    ("date_kind", "Send quote Monday latest", "specific", "Send quote month end", "coarse"),
    # waiting
    ("waiting", "Waiting on Dana's feedback", True, "Collect Dana's feedback", False),
    ("waiting", "Awaiting signature", True, "Get signature", False),
    ("waiting", "Waiting for legal", True, "Meeting with legal", False),
    ("waiting", "Waiting on Dana to hand over the seat list", False, "Waiting on the seat list", True),
    # one_sided
    ("one_sided", "Send the case study to Dana 12/3", True, "Review the case study with Dana 12/3", False),
    ("one_sided", "Prepare proposal by Friday", True, "Present proposal to Dana by Friday", False),
    ("one_sided", "Send MSA to legal", True, "Legal to send MSA", False),
    ("one_sided", "Email quote to Tom", True, "Tom to sign quote", False),
    ("one_sided", "Send quote to Dana, follow up Friday", True, "Send quote to Dana, review Friday with Dana", False),
    ("one_sided", "Get discount approval internally", False, "Send discount sheet", True),
    # said_invite
    ("said_invite", "Demo Tue 2pm, invite accepted", "accepted", "Demo Tue 2pm, invite sent", "sent"),
    ("said_invite", "Demo Tue 2pm, tentative", "tentative", "Demo Tue 2pm, declined", "declined"),
    ("said_invite", "Demo Tue 2pm confirmed", "accepted", "Demo Tue 2pm", "none"),
    (
        "said_invite",
        "Invite out for the CFO review 12/4",
        "sent",
        "Invite cancelled for the CFO review 12/4",
        "declined",
    ),
    (
        "said_invite",
        "CFO accepted the invite for 12/4 2pm",
        "accepted",
        "CFO declined the invite for 12/4 2pm",
        "declined",
    ),
    ("said_invite", "Sent invite for Tuesday demo", "sent", "Send invite for Tuesday demo", "none"),
    ("said_invite", "Demo 12/4, no answer yet", "tentative", "Demo 12/4, accepted", "accepted"),
    # brush_off
    ("brush_off", "Dana wants to think about it", "think", "Dana wants to test it", None),
    ("brush_off", "Send info", "info", "Send quote", None),
    ("brush_off", "Tom will discuss with his team", "team", "Tom will test with his team", None),
    ("brush_off", "Call me next quarter", "later", "Demo next quarter", None),
    ("brush_off", "Wants to sleep on it", "think", "Wants to sign it", None),
    ("brush_off", "Needs to run it by the team", "team", "Needs to demo it to the team", None),
    # hedged
    ("hedged", "Hopefully demo Friday", True, "Demo Friday", False),
    ("hedged", "Tom might sign Friday", True, "Tom will sign Friday", False),
    ("hedged", "Workshop 12/4, pencilled in", True, "Workshop 12/4, booked", False),
    ("hedged", "Demo Thursday if they have time", True, "Demo Thursday if they accept", False),
    ("hedged", "Maybe send the SOW Monday", True, "Send the SOW Monday", False),
    ("hedged", "Trying to book the demo", True, "Book the demo", False),
    ("hedged", "Demo Tuesday if possible", True, "Demo Tuesday", False),
    ("hedged", "We could send the SOW Friday", True, "We will send the SOW Friday", False),
    ("hedged", "Likely demo Tuesday", True, "Live demo Tuesday", False),
    # commitment
    ("commitment", "Workshop Tue 2pm with Dana, invite accepted", 5, "Workshop Tue 2pm with Dana", 4),
    ("commitment", "Workshop Tue 2pm with Dana", 4, "Schedule workshop with Dana", 2),
    ("commitment", "Send proposal by Friday", 3, "Send proposal", 1),
    ("commitment", "Follow up on the quote", 2, "Follow up", 1),
    ("commitment", "Touch base next week", 2, "Touch base", 1),
    ("commitment", "Reach out next month", 2, "Reach out", 1),
    ("commitment", "Demo Tuesday, declined", 1, "Demo Tuesday", 4),
    ("commitment", "Tentative demo Tuesday", 3, "Demo Tuesday", 4),
    ("commitment", "Close deal by 12/3", 2, "Close deal", 1),
    ("commitment", "Send info 12/3", 1, "Send quote 12/3", 3),
    ("commitment", "Send proposal asap", 1, "Send proposal tomorrow", 3),
    ("commitment", "Demo scheduled", 3, "Demo", 2),
    # mutual
    ("mutual", "Ana sends SOW, Dana signs it by Friday", True, "Ana sends SOW, signs it by Friday", False),
    ("mutual", "Ana to draft SOW; Dana to sign SOW", True, "Ana to draft SOW; Ana to sign SOW", False),
    # customer_person
    ("customer_person", "Meet Priya Friday", True, "Meet CFO Friday", False),
    ("customer_person", "Send quote to Priya", True, "Send quote to procurement", False),
    ("customer_person", "Tom to sign", True, "Ana to sign", False),
    # placeholder
    ("placeholder", "See notes", True, "Send notes", False),
    ("placeholder", "...", True, "No next step", False),
    ("placeholder", "Pending", True, "Pending signature", False),
    ("placeholder", "TBD 12/3", True, "Demo TBD", False),
    ("placeholder", "12/3", True, "Demo 12/3", False),
    ("placeholder", "https://example.com/doc/12", True, "Send https://example.com/doc/12 to Dana", False),
    ("placeholder", "Dana", True, "Demo Dana", False),
    # has_action
    ("has_action", "Follow up on the quote", True, "Follow up with Dana", False),
    ("has_action", "Send the quote", True, "Close deal", False),
    ("has_action", "Demo", True, "Pricing", False),
    ("has_action", "Could you mail me the form by Tuesday?", True, "What does the committee think?", False),
    ("has_action", "cb mon", False, "demo mon", True),
    ("has_action", "signature EOM", False, "redlines EOM", True),
    # actor
    ("actor", "Dana to sign the SOW", "named", "They will sign the SOW", "they"),
    ("actor", "We will sign the SOW", "we", "Awaiting signature", "nobody"),
    ("actor", "Legal to sign", "named", "Customer to sign", "they"),
]

# A next step that names who does what by when with whom, and the weak one that people write in its place.
LADDER = [
    ("CFO walkthrough of the ROI model with Dana Tue 12/2 10am, invite accepted", "Follow up with Dana"),
    ("Dana sends the seat list by 11/28, we return the quote 12/1", "Send info"),
    ("Technical deep dive with their IT team Thu 2pm", "Demo"),
    ("Dana to introduce us to procurement by Friday", "Call them"),
    ("Mutual close plan review with Tom Monday 9am, both accepted", "Waiting to hear back"),
    ("Redlines review with their legal 12/3 11am", "Awaiting legal"),
    ("Business case session with CFO 12/4", "Send ROI deck"),
    ("Pilot kickoff with Tom 12/8 9am", "Send trial access"),
    ("Proposal review call with Dana and Tom Wed 3pm", "Send proposal"),
    ("Dana sends signed order form 12/12", "Push for close by EOQ"),
    ("Tom confirms the success criteria by Tuesday", "Check in next week"),
    ("Reference call between Tom and our customer Monday 4pm", "Touch base after the holidays"),
]


@cache
def reader() -> Reader:
    return Reader()


def read(*texts: str) -> list[dict[str, Any]]:
    size = len(texts)
    records = {
        "row": range(size),
        "next_step": texts,
        "ref_date": [date(2025, 11, 20)] * size,
        "basis": ["changed"] * size,
        "owner": ["Ana Ortiz"] * size,
        "account": ["Nexio"] * size,
        "contacts": [["Dana Reyes", "Tom Becker"]] * size,
    }
    return reader().read(pl.DataFrame(records)).frame.to_dicts()


@pytest.mark.parametrize(("field", "text", "want", "other", "other_want"), PAIRS)
def test_pair(field: str, text: str, want: Any, other: str, other_want: Any) -> None:
    one, two = read(text, other)
    assert {text: one[field], other: two[field]} == {text: want, other: other_want}


def test_pairs_tell_a_difference() -> None:
    assert [pair for pair in PAIRS if pair[2] == pair[4]] == []
    assert len({(field, text, other) for field, text, _, other, _ in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize(("strong", "weak"), LADDER)
def test_a_strong_step_is_no_lower_commitment_than_a_weak_one(strong: str, weak: str) -> None:
    one, two = read(strong, weak)
    assert one["commitment"] >= two["commitment"]
    assert one["commitment"] >= 3
    assert one["has_action"]
    assert not one["vague"]


@pytest.mark.parametrize("text", sorted({weak for _, weak in LADDER}))
def test_a_weak_step_is_no_meeting_with_a_day(text: str) -> None:
    assert read(text)[0]["commitment"] <= 3
