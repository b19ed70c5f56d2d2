// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

/// @title A contract that is sent certificates: it takes them, refuses them, or tries to send them back at once
contract ReceiverMock is ERC165, IERC1155Receiver {
    enum Manner {
        Accepts,
        Refuses,
        Reverts,
        SendsBack
    }

    Manner private immutable _manner;

    /// @notice How often a callback came.
    uint256 public calls;

    error ReceiverUnwilling();

    constructor(Manner manner) {
        _manner = manner;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(
        address,
        address from,
        uint256 id,
        uint256 value,
        bytes calldata
    ) external returns (bytes4) {
        ++calls;
        require(_manner != Manner.Reverts, ReceiverUnwilling());
        if (_manner == Manner.Refuses) return bytes4(0);
        if (_manner == Manner.SendsBack) IERC1155(msg.sender).safeTransferFrom(address(this), from, id, value, "");
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external returns (bytes4) {
        ++calls;
        require(_manner != Manner.Reverts, ReceiverUnwilling());
        return _manner == Manner.Refuses ? bytes4(0) : IERC1155Receiver.onERC1155BatchReceived.selector;
    }
}
