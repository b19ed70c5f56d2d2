"""The text of a sign-in is read as it is written, and in no other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.chain.sign_in import SignInText, parse_sign_in
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

TEXT = SignInText(
    "watt.example:8443",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "Sign in. This costs nothing.",
    "https://watt.example:8443",
    31_337,
    "0123456789abcdef0123456789abcdef",
    1_767_225_600,
    1_767_225_900,
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0x5aAeb6", "0x5aaeb6"),
        ("Version: 1", "Version: 1 "),
        ("\n", "\r\n"),
        ("\n\nURI", "\nURI"),
        ("Chain ID: 31337", "Chain ID: 0"),
        ("Chain ID: 31337", "Chain ID: ３１３３７"),
        ("2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
        ("https://", "javascript://"),
        ("watt.example:8443 wants", "watt.example:8443\nwatt.example wants"),
        ("Nonce: 0123", "Nonce: 0-23"),
        ("Sign in. This costs nothing.", ""),
    ],
)
def test_sign_in__anything_else__refused(old: str, new: str) -> None:
    text = TEXT.text()
    assert old in text
    with pytest.raises(RuleError):
        parse_sign_in(text.replace(old, new, 1) if old != "\n" else text.replace(old, new))


@given(st.text(max_size=300))
def test_sign_in__any_text__refused_or_the_same_again(text: str) -> None:
    for candidate in (text, TEXT.text() + text, text + TEXT.text()):
        try:
            assert parse_sign_in(candidate).text() == candidate
        except RuleError:
            continue


@given(
    st.integers(1, 10**18),
    st.from_regex(r"[A-Za-z0-9]{8,32}", fullmatch=True),
    st.integers(0, 4_102_444_800),
    st.integers(0, 4_102_444_800),
)
def test_sign_in__what_is_written__is_read(chain_id: int, nonce: str, issued: int, expires: int) -> None:
    text = SignInText(TEXT.domain, TEXT.account, TEXT.statement, TEXT.uri, chain_id, nonce, issued, expires)
    assert parse_sign_in(text.text()) == text


def test_sign_in__text__is_that_of_the_standard() -> None:
    assert TEXT.text() == (
        "watt.example:8443 wants you to sign in with your Ethereum account:\n"
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n"
        "\n"
        "Sign in. This costs nothing.\n"
        "\n"
        "URI: https://watt.example:8443\n"
        "Version: 1\n"
        "Chain ID: 31337\n"
        "Nonce: 0123456789abcdef0123456789abcdef\n"
        "Issued At: 2026-01-01T00:00:00Z\n"
        "Expiration Time: 2026-01-01T00:05:00Z"
    )
