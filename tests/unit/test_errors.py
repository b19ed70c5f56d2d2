"""What the errors say, and which of them may be retried."""

from __future__ import annotations

import pytest

from wattcommons import errors

pytestmark = pytest.mark.unit


def test_input_error__file_and_line__named_before_the_reason() -> None:
    error = errors.InputError("consumption_wh is negative: -3", "correct the row", file="week.csv", line=7)
    assert str(error) == "week.csv:7: consumption_wh is negative: -3 (correct the row)"
    assert (error.file, error.line, error.exit_code) == ("week.csv", 7, 2)


def test_input_error__no_place__reason_alone() -> None:
    assert str(errors.InputError("--to lies before --from")) == "--to lies before --from"


def test_settings_error__setting__named() -> None:
    assert str(errors.SettingsError("must be 15, 30 or 60", setting="interval_minutes")).startswith("interval_minutes:")


def test_reverted_error__named_arguments__shown_and_kept() -> None:
    error = errors.RevertedError("GateClosed", {"interval": 5, "digest": b"\x01\x02"}, contract="EnergyMarket")
    assert str(error) == "EnergyMarket refused: GateClosed(interval=5, digest=0x0102)"
    assert error.arguments["interval"] == 5


def test_reverted_error__no_name__raw_data_shown() -> None:
    assert str(errors.RevertedError("", raw=b"\xde\xad")) == "contract refused: no reason given (0xdead)"


@pytest.mark.parametrize("retryable", [errors.NodeUnavailable, errors.NonceConflict, errors.ReceiptTimeout])
def test_retryable__transient_failure__is_no_fatal_error(retryable: type[errors.WattError]) -> None:
    assert issubclass(retryable, errors.RetryableError)
    assert not issubclass(retryable, errors.FatalError)


def test_user_error__every_child__exits_with_two() -> None:
    assert {child.exit_code for child in errors.UserError.__subclasses__()} == {2}
