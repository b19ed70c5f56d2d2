"""The community file: each mistake is refused with the file, the key and what to write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.chain.roles import Role
from wattcommons.domain.formatting import Language
from wattcommons.domain.local_time import local_day
from wattcommons.domain.orders import LimitKind
from wattcommons.errors import InputError
from wattcommons.scenarios.community_file import read_community

pytestmark = pytest.mark.unit

ADDRESS = "0x52542d5dDfC21fAc39fA1d9d8E986FF793c6F01A"
OTHER = "0xDC88C11561abb27804BA620c9ca64620BED09EBa"
WHOLE = f"""
[community]
name = "Village"
language = "en"
time_zone = "Europe/Paris"

[market]
interval_minutes = 15
silence_days = 2
price_point = 0.25
credit_limit_eur = 12.5

[tariff]
retail = 0.2016
feed_in = -0.01
network_fee = 0.03

[[tariff.bands]]
name = "night"
from = "22:00"
to = "06:00"
days = "weekdays"
months = [1, 12]
retail = 0.15
feed_in = 0.05
network_fee = 0.01

[roles]
operator = "{ADDRESS}"

[[members]]
name = "miller"
wallet = "{OTHER}"

[[participants]]
meter_id = "mill"
member = "miller"
basis = "net"
source = "operator-file"
import_power_w = 3000
export_power_w = 60000

[participants.device]
energy = "hydro"
capacity_w = 60000
commissioned = 2021-06-30

[participants.order]
buy_up_to = 0.15
sell_from = 0.09
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "community.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_community(written(folder, text))
    assert str(folder / "community.toml") in caught.value.message
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(folder), "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Village"', "", "community.name is missing (write a text in quotes)"),
        ('name = "Village"', "name = 3", "community.name is 3 (write a text in quotes)"),
        ('name = "Village"', f'name = "{"x" * 41}"', "community.name has 41 signs (give 1 to 40)"),
        ('language = "en"', 'language = "de"', 'community.language is \'de\' (write "fr" or "en")'),
        ("Europe/Paris", "Europe/Pari", "community.time_zone is wrong: time zone 'Europe/Pari' is unknown"),
        ("interval_minutes = 15", "interval_minutes = 20", "market.interval_minutes is 20 (write 15, 30 or 60)"),
        ("interval_minutes = 15", "interval_minutes = true", "market.interval_minutes is True"),
        ("price_point = 0.25", "price_point = 1.5", "market.price_point is 1.5 (write a number from 0 to 1)"),
        ("price_point = 0.25", "price_poynt = 0.25", "market.price_poynt is no known key (did you mean price_point?)"),
        ("credit_limit_eur = 12.5", 'credit_limit_eur = "a lot"', "market.credit_limit_eur is 'a lot'"),
        ("retail = 0.2016", "retail = 0.20160001", "tariff.retail is 0.20160001 (write at most 6 digits"),
        ("retail = 0.2016", "retail = nan", "tariff.retail is NaN"),
        ('from = "22:00"', 'from = "22:10"', "tariff.bands[1].from is wrong: 22:10 lies within an interval"),
        ('from = "22:00"', 'from = "25:00"', "tariff.bands[1].from is wrong: '25:00' is no time of day"),
        ('from = "22:00"', 'from = "06:00"', "tariff.bands[1].to is the same as from"),
        ("months = [1, 12]", "months = [13]", "tariff.bands[1].months is [13]"),
        ("retail = 0.15", "", "tariff.bands[1].retail is missing"),
        (f'operator = "{ADDRESS}"', 'operator = "0x12"', "roles.operator is wrong: '0x12' is no address"),
        (ADDRESS, ADDRESS.replace("dDf", "ddf"), "roles.operator is wrong"),
        (ADDRESS, "0x" + 40 * "0", "the address is zero"),
        ('operator = "', f'coach = "{ADDRESS}"\noperator = "', "roles.coach is the account of operator too"),
        ('operator = "', 'miller = "', "roles.miller is no known key"),
        ('member = "miller"', 'member = "baker"', "participants[1].member is 'baker', who is not among the members"),
        ('basis = "net"', 'basis = "netto"', 'participants[1].basis is \'netto\' (write "gross" or "net")'),
        ("import_power_w = 3000", "import_power_w = -1", "participants[1].import_power_w is -1"),
        ("capacity_w = 60000\n", "", "participants[1].device.capacity_w is missing"),
        ("commissioned = 2021-06-30", 'commissioned = "2021"', "participants[1].device.commissioned is '2021'"),
        ("sell_from = 0.09", "", "participants[1].order.sell_from is missing"),
        (
            "sell_from = 0.09",
            "sell_from = 0.09\nbuy_share = 0.5",
            "participants[1].order.buy_share and prices are both",
        ),
        ("[market]", "[markt]", "markt is no known key"),
        ("[market]", "[market", "community.toml:7: not valid TOML"),
    ],
)
def test_read_community__one_mistake__names_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WHOLE
    assert said in refusal(tmp_path, WHOLE.replace(old, new, 1))


def test_read_community__meter_twice__names_both_places(tmp_path: Path) -> None:
    text = WHOLE + '[[participants]]\nmeter_id = "mill"\nmember = "miller"\n'
    assert "participants[2].meter_id 'mill' is there twice (the other one is participants[1])" in refusal(
        tmp_path, text
    )


def test_read_community__wallet_twice__refused(tmp_path: Path) -> None:
    text = WHOLE + f'[[members]]\nname = "baker"\nwallet = "{OTHER}"\n'
    assert f"members[2].wallet '{OTHER}' is there twice" in refusal(tmp_path, text)


def test_read_community__no_file__says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file") as caught:
        read_community(tmp_path / "none.toml")
    assert "watt community new" in caught.value.hint


def test_read_community__whole_file__exact_units(tmp_path: Path) -> None:
    found = read_community(written(tmp_path, WHOLE))
    terms = found.terms
    assert (terms.retail, terms.feed_in, terms.network_fee) == (201_600, -10_000, 30_000)
    assert terms.credit_limit_neur == 12_500_000_000
    assert terms.k_ppm == 250_000
    assert terms.silence_after == 2 * 96
    assert found.language is Language.ENGLISH
    assert found.roles == {Role.OPERATOR: ADDRESS}
    assert found.wallets == {"miller": OTHER}
    [mill] = found.spec.participants
    assert (mill.basis, mill.source, mill.export_w) == (Basis.NET, Source.OPERATOR_FILE, 60_000)
    assert mill.device is not None
    assert mill.device.commissioned_at == int(datetime(2021, 6, 30, tzinfo=UTC).timestamp())
    assert mill.device.technology == "T030000"
    assert mill.order is not None
    assert (mill.order.kind, mill.order.buy_limit, mill.order.sell_limit) == (LimitKind.FIXED, 150_000, 90_000)


def test_read_community__only_a_name__safe_defaults(tmp_path: Path) -> None:
    terms = read_community(written(tmp_path, '[community]\nname = "V"\n')).terms
    assert not terms.collect_grid
    assert not terms.collect_network_fee
    assert terms.interval_minutes == 30
    assert terms.replacement_delay_s == 7 * 86_400


def test_spec_for__winter_weekday_night__band_over_midnight(tmp_path: Path) -> None:
    found = read_community(written(tmp_path, WHOLE))
    tuesday = local_day(date(2026, 1, 6), found.terms.length)
    prices = found.spec_for(tuesday).prices
    hours = sorted({(interval - tuesday.first) // 4 for interval in prices})
    assert hours == [0, 1, 2, 3, 4, 5, 22, 23]
    assert {tariff.retail for tariff in prices.values()} == {150_000}
    assert not found.spec_for(local_day(date(2026, 1, 10), found.terms.length)).prices  # a Saturday
    assert not found.spec_for(local_day(date(2026, 7, 7), found.terms.length)).prices  # summer
