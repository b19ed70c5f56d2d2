"""One text a value: whatever else means the same is refused."""

from __future__ import annotations

import pytest

from wattcommons.errors import InputError
from wattcommons.verifier.canonical import MAX_BYTES, MAX_NUMBER, dump, expect, load

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]\n",
        b'"a"\n',
        b'{"a":1}',  # without the line feed at its end
        b'{"a":1}\n\n',
        b'{"a": 1}\n',
        b'{"b":1,"a":1}\n',
        b'{"a":1,"a":1}\n',
        b'{"a":1.0}\n',
        b'{"a":1e3}\n',
        b'{"a":NaN}\n',
        b'{"a":-0}\n',
        b'{"a":"\\u0041"}\n',
        b'{"a":"\xff"}\n',
        b'\xef\xbb\xbf{"a":1}\n',
        b'{"a":%d}\n' % (MAX_NUMBER + 1),
        b'{"a":' + b"9" * 5_000 + b"}\n",
        b"[" * 100_000,
        b" " * (MAX_BYTES + 1),
    ],
)
def test_load__another_form__refused(text: bytes) -> None:
    with pytest.raises(InputError):
        load(text, "it")


def test_expect__missing_unknown_or_mistyped__named() -> None:
    fields = {"a": int, "b": str}
    for value, said in (
        ({"a": 1}, "lacks 'b'"),
        ({"a": 1, "b": "", "c": 0}, "unknown field 'c'"),
        ({"a": True, "b": ""}, "a has the wrong type"),
    ):
        with pytest.raises(InputError, match=said):
            expect(value, fields, "it")


def test_dump__any_object__is_what_load_takes() -> None:
    value = {"b": [1, "é/+=", {"d": [], "c": -3}], "a": MAX_NUMBER}
    assert load(dump(value), "it") == value
