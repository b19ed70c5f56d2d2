// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A contract wallet owned by one key, and its misbehaving kin
contract ContractWalletMock is IERC1271 {
    enum Manner {
        Good,
        BurnsGas,
        AnswersHuge,
        AnswersShort,
        AnswersDirty,
        Reverts,
        Slow
    }

    address private immutable _owner;
    Manner private immutable _manner;

    constructor(address owner, Manner manner) {
        _owner = owner;
        _manner = manner;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        Manner manner = _manner;
        bytes32 word = bytes32(IERC1271.isValidSignature.selector);
        if (manner == Manner.BurnsGas) {
            while (gasleft() > 0) word = keccak256(abi.encode(word));
        } else if (manner == Manner.AnswersHuge) {
            // As long as its allowance of gas permits: about 190 kB, starting with the right answer.
            assembly ("memory-safe") {
                mstore(0x00, word)
                return(0x00, 190000)
            }
        } else if (manner == Manner.AnswersShort) {
            assembly ("memory-safe") {
                mstore(0x00, word)
                return(0x00, 4)
            }
        } else if (manner == Manner.AnswersDirty) {
            assembly ("memory-safe") {
                mstore(0x00, or(word, 1))
                return(0x00, 32)
            }
        } else if (manner == Manner.Reverts) {
            assembly ("memory-safe") {
                mstore(0x00, word)
                revert(0x00, 32)
            }
        } else if (manner == Manner.Slow) {
            // An honest wallet that needs most of its allowance.
            uint256 stop = gasleft() > 80_000 ? gasleft() - 80_000 : 0;
            while (gasleft() > stop) word = keccak256(abi.encode(word));
        }
        (address recovered, , ) = ECDSA.tryRecover(hash, signature);
        return recovered == _owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
