// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CalendarMonths} from "../libraries/CalendarMonths.sol";

/// @title Gives tests access to CalendarMonths
contract CalendarMonthsMock {
    function addMonths(uint256 unixSeconds, uint256 months) external pure returns (uint256) {
        return CalendarMonths.addMonths(unixSeconds, months);
    }
}
