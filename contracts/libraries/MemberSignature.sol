// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Signatures by key or by contract wallet, with a bounded cost
/// @notice A key's signature (65 bytes, low s) is tried first; when it does not match and the signer has code, the
/// signer is asked by EIP-1271. The wallet gets `CONTRACT_GAS` and at most one word of its answer is read, so no
/// wallet can burn the gas of the batch its signature came in.
library MemberSignature {
    /// @notice Too little gas is left to give a contract wallet its full allowance.
    error SignatureGasTooLow(uint256 gasLeft);

    /// @dev Gas a contract wallet may spend on its answer.
    uint256 internal constant CONTRACT_GAS = 100_000;

    /// @dev Covers what is spent between the check and the call (the account is warm by then).
    uint256 private constant CALL_MARGIN = 1_000;

    /// @notice Whether `signature` over `digest` is `signer`'s.
    /// @dev Warning: never reverts on a bad signature, but reverts when the gas left would make a good one look bad.
    /// Callers that skip bad signatures must let that revert through.
    function isValid(address signer, bytes32 digest, bytes memory signature) internal view returns (bool) {
        if (signer == address(0)) return false;
        (address recovered, , ) = ECDSA.tryRecover(digest, signature);
        if (recovered == signer) return true;
        return signer.code.length != 0 && _walletAccepts(signer, digest, signature);
    }

    /// @dev The return buffer is the scratch space: a longer answer is not copied, a shorter one is refused.
    function _walletAccepts(address wallet, bytes32 digest, bytes memory signature) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        uint256 left = gasleft();
        require(left - left / 64 >= CONTRACT_GAS + CALL_MARGIN, SignatureGasTooLow(left));
        bool success;
        uint256 answer;
        assembly ("memory-safe") {
            success := staticcall(CONTRACT_GAS, wallet, add(question, 0x20), mload(question), 0x00, 0x20)
            success := and(success, gt(returndatasize(), 0x1f))
            answer := mload(0x00)
        }
        return success && answer == uint256(bytes32(IERC1271.isValidSignature.selector));
    }
}
