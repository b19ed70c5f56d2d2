// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title UTC calendar months on Unix seconds
/// @notice Proleptic Gregorian calendar. Adding months keeps the time of day and clamps the day to the length of the
/// month reached. `tests/vectors/months.json` holds this and the other implementations together.
/// @dev Years are counted from 1 March here, so that the leap day is the last of its year and the lengths of the other
/// months follow one formula: month m (March = 0) begins (153·m + 2) / 5 days after its year.
library CalendarMonths {
    uint256 private constant SECONDS_A_DAY = 86_400;

    /// @dev Days from 1 March of year 0 to 1 January 1970.
    uint256 private constant EPOCH_DAY = 719_468;

    uint256 private constant DAYS_IN_400_YEARS = 146_097;
    uint256 private constant FEBRUARY = 11;

    /// @notice `unixSeconds` plus calendar months, the day clamped.
    function addMonths(uint256 unixSeconds, uint256 months) internal pure returns (uint256) {
        (uint256 year, uint256 month, uint256 dayOfMonth) = _civil(unixSeconds / SECONDS_A_DAY + EPOCH_DAY);
        month += months;
        year += month / 12;
        month %= 12;
        uint256 last = _lengthOf(year, month) - 1;
        if (dayOfMonth > last) dayOfMonth = last;
        uint256 day = year * 365 + year / 4 - year / 100 + year / 400 + _startOf(month) + dayOfMonth;
        return (day - EPOCH_DAY) * SECONDS_A_DAY + (unixSeconds % SECONDS_A_DAY);
    }

    /// @dev Year and month from March, and the day of the month from 0, of a day counted from 1 March of year 0.
    function _civil(uint256 day) private pure returns (uint256 year, uint256 month, uint256 dayOfMonth) {
        uint256 rest = day % DAYS_IN_400_YEARS;
        // The leap days before `rest` are taken out: one every 1,461 days, none every 36,524, one at the very end.
        year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365;
        rest -= year * 365 + year / 4 - year / 100;
        month = (5 * rest + 2) / 153;
        dayOfMonth = rest - _startOf(month);
        year += (day / DAYS_IN_400_YEARS) * 400;
    }

    function _startOf(uint256 month) private pure returns (uint256) {
        return (153 * month + 2) / 5;
    }

    function _lengthOf(uint256 year, uint256 month) private pure returns (uint256) {
        if (month != FEBRUARY) return _startOf(month + 1) - _startOf(month);
        uint256 civilYear = year + 1;
        bool leap = civilYear % 4 == 0 && (civilYear % 100 != 0 || civilYear % 400 == 0);
        return leap ? 29 : 28;
    }
}
