"""The statement as PDF and CSV: what stands on it, in both languages."""

from __future__ import annotations

import csv
import io
import re
import zlib
from base64 import a85decode
from dataclasses import fields, replace

import pytest

from wattcommons.domain.formatting import Language
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import local_month
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.settlement import legs_of
from wattcommons.domain.statements import SettledLine, month_sums
from wattcommons.domain.tariffs import Tariff
from wattcommons.services.api.exports.statement import Statement, StatementHead
from wattcommons.services.api.exports.statement_csv import COLUMNS, statements_csv
from wattcommons.services.api.exports.statement_pdf import statement_pdf
from wattcommons.services.api.exports.statement_words import ENGLISH, FRENCH, Words

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR
APRIL = local_month(2026, 4, HALF)
TARIFFS = (Tariff(201_600, 40_000, 21_000), Tariff(159_900, 55_000, 21_000))
HEAD = StatementHead(
    community="Les Moulins de l'Évêché",
    controller="Les Moulins, 3 place du Marché",
    participant=3,
    label="Toit de l'école",
    name="Hélène Œuvrard",
    prm="12345678901234",
    basis="gross",
    source="gateway",
    number=123,
    issued=1_777_586_400,
    collects_fee=False,
    collects_grid=False,
)


def statement(tariffs: int = 2, **head: object) -> Statement:
    """A month with so many tariffs."""
    lines = []
    for interval in APRIL:
        tariff = TARIFFS[0] if not interval % tariffs else replace(TARIFFS[1], retail=150_000 + interval % tariffs)
        reading = Reading(400 * (interval % 3), 500, Quality.MEASURED)
        legs = legs_of(3, reading, tariff, 110_000, reading.net_wh // 2)
        lines.append(
            SettledLine(
                interval,
                reading.quality,
                False,
                *(reading.production_wh, reading.consumption_wh, legs.own_use_wh, legs.bought_wh, legs.sold_wh),
                *(legs.grid_import_wh, legs.grid_export_wh),
                *(legs.local_neur, legs.fee_neur, legs.grid_neur, legs.grid_only_neur),
                tariff,
            )
        )
    sums = month_sums(lines[5:], APRIL, len(APRIL) - 3)
    return Statement(replace(HEAD, **head), "2026-04", APRIL, HALF, "Europe/Paris", True, sums)  # type: ignore[arg-type]


def words_of(pdf: bytes) -> str:
    """Every text drawn on the pages, one a line."""
    drawn = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        content = zlib.decompress(a85decode(b"<~" + stream.strip(), adobe=True))
        for text in re.findall(rb"\((.*?)(?<!\\)\) Tj", content):
            plain = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), text)
            drawn.append(re.sub(rb"\\(.)", rb"\1", plain).decode("cp1252"))
    return "\n".join(drawn).replace("\xa0", " ")


def test_words__both_languages__say_the_same_things_with_the_same_blanks() -> None:
    for field in fields(Words):
        french, english = getattr(FRENCH, field.name), getattr(ENGLISH, field.name)
        if isinstance(french, str):
            assert re.findall(r"{\w+}", french) == re.findall(r"{\w+}", english), field.name
        else:
            assert len(french) == len(english)


@pytest.mark.parametrize("words", [FRENCH, ENGLISH])
def test_words__every_letter__is_one_of_the_built_in_fonts(words: Words) -> None:
    for field in fields(Words):
        value = getattr(words, field.name)
        texts = [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value)
        for text in texts:
            text.encode("cp1252")


def test_pdf__french__words_numbers_and_people_as_they_are_written() -> None:
    text = words_of(statement_pdf(statement(), Language.FRENCH))
    for wanted in (
        "Provisoire",
        "Relevé du mois · avril 2026",
        "Hélène Œuvrard",
        "Toit de l'école (3)",
        "12345678901234",
        "CONS · soutirée",
        "AUTOCONS · achetée aux voisins",
        "SURPLUS · cédée au réseau",
        "11,00 c€/kWh en moyenne",
        "Autoconsommation individuelle (hors CONS et PROD)",
    ):
        assert wanted in text
    assert "3 pas de temps sur 1440 sans relevé" in text
    assert "2 pas de temps relevés ne sont pas encore réglés" in text
    assert "seules les données mensuelles du gestionnaire de réseau sont définitives" in text.replace("\n", " ")


def test_pdf__english_net_basis__never_calls_netting_self_consumption() -> None:
    text = words_of(statement_pdf(statement(basis="net"), Language.ENGLISH))
    assert "Provisional" in text
    assert "Netted within the interval" in text
    assert "Self-consumption" not in text


def test_pdf__amounts__are_those_of_the_sums() -> None:
    one = statement()
    text = words_of(statement_pdf(one, Language.FRENCH))
    saved = one.sums.total.saved_neur
    cents = (saved + 5 * 10**6) // 10**7
    assert f"{cents // 100},{cents % 100:02d} €" in text


def test_pdf__letters_no_font_has__become_question_marks_and_nothing_fails() -> None:
    text = words_of(statement_pdf(statement(name="Łukasz 漢字", label=None, prm=None), Language.ENGLISH))
    assert "?ukasz ??" in text


def test_pdf__month_that_runs__has_no_number() -> None:
    text = words_of(statement_pdf(statement(number=None), Language.FRENCH))
    assert "Mois en cours : relevé sans numéro" in text


def test_pdf__same_statement__same_bytes() -> None:
    assert statement_pdf(statement(), Language.FRENCH) == statement_pdf(statement(), Language.FRENCH)


def test_pdf__month_of_many_tariffs__goes_on_on_further_pages() -> None:
    text = words_of(statement_pdf(statement(tariffs=90), Language.ENGLISH))
    assert [f"Page {number}" in text for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert text.count("Monthly statement") == 1


def test_csv__statement__one_line_in_all_and_one_a_tariff() -> None:
    text = "".join(statements_csv([statement()]))
    total, *parts = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(total) == COLUMNS
    assert total["status"] == "provisional"
    assert (total["number"], total["first_day"], total["last_day"]) == ("123", "2026-04-01", "2026-04-30")
    assert int(total["CONS_wh"]) == int(total["AUTOCONS_wh"]) + int(total["COMPLEMENT_wh"])
    assert int(total["PROD_wh"]) == int(total["AUTOPROD_wh"]) + int(total["SURPLUS_wh"])
    assert [part["retail_micro_eur_per_kwh"] for part in parts] == ["201600", "150001"]
    assert sum(int(part["saving_nano_eur"]) for part in parts) == int(total["saving_nano_eur"])


def test_csv__single_tariff__one_line_only() -> None:
    lines = "".join(statements_csv([statement(tariffs=1)])).splitlines()
    assert len(lines) == 2
