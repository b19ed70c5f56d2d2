// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositLedger} from "../interfaces/ICommunityEuro.sol";

/// @title A market that only takes deposits
contract DepositMarketMock is IDepositLedger {
    mapping(uint32 participant => uint256) public credited;
    bool public refusing;

    error DepositRefused(uint32 participant);

    function refuse(bool refusing_) external {
        refusing = refusing_;
    }

    /// @inheritdoc IDepositLedger
    function creditDeposit(uint32 participant, uint256 amount) external {
        require(!refusing, DepositRefused(participant));
        credited[participant] += amount;
    }
}
