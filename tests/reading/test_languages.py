"""Texts that are not English: recognised, counted, and read as far as words are known."""

from __future__ import annotations

from datetime import date

import pytest

from steplint import read

AS_OF = date(2026, 1, 12)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Zadzwonić do klienta w sprawie oferty w czwartek", "pl"),
        ("Soita asiakkaalle ensi viikolla", "fi"),
        ("Nabídka odeslána, čekáme na odpověď", "cs"),
        ("Müşteriyi ara ve teklifi gönder", "tr"),
        ("Trimite oferta clientului până vineri", "ro"),
        ("Gọi lại khách hàng vào thứ Sáu", "vi"),
        ("Позвонить клиенту завтра", "ru"),
        ("见面讨论合同", "zh"),
        ("契約書の確認", "ja"),
        ("고객에게 전화", "ko"),
        ("Angebot bis 20.1. an Herrn Schmidt schicken und nachfassen", "de"),
        ("Relancer le client la semaine prochaine", "fr"),
        ("Enviar propuesta al cliente", "es"),
    ],
)
def test_a_language_is_recognised(text: str, language: str) -> None:
    assert read([text], as_of=AS_OF)["language"].to_list() == [language]


@pytest.mark.parametrize(
    "text",
    [
        "Dana Kim Acme POC",
        "lvm x2, cb thurs",
        "Call Jürgen Müller re SOW",
        "Ping Søren re: NDA",
        "QBR Contoso w/ Zoë",
        "chase PO",
        "disco call → Łukasz",
        "xkzv frobnitz quux blorp",
        "📞 2pm",
        "",
    ],
)
def test_shorthand_and_names_stay_english(text: str) -> None:
    assert read([text], as_of=AS_OF)["language"].to_list() == ["en"]


@pytest.mark.parametrize(
    "text",
    [
        "siehe Mail", "k.A.", "keine Angabe", "wird noch geklärt", "à définir", "voir mail", "néant", "por definir",
        "pendiente", "ver notas", "sin novedades",
    ],
)  # fmt: skip
def test_german_french_and_spanish_fillers(text: str) -> None:
    assert read([text], as_of=AS_OF)["placeholder"].to_list() == [True]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Termin am 20.1. um 10 Uhr mit Herrn Schmidt", date(2026, 1, 20)),
        ("nächsten Dienstag anrufen", date(2026, 1, 20)),
        ("relance le 20 janvier", date(2026, 1, 20)),
        ("rappeler lundi", date(2026, 1, 19)),
        ("reunión el 20 de enero", date(2026, 1, 20)),
        ("llamar el próximo martes", date(2026, 1, 20)),
        ("Anruf 3. Februar", date(2026, 2, 3)),
    ],
)
def test_german_french_and_spanish_days(text: str, day: date) -> None:
    assert read([text], as_of=AS_OF)["date"].to_list() == [day.isoformat()]
