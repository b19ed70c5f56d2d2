// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MemberSignature} from "../libraries/MemberSignature.sol";

/// @title The signature check, callable from tests
contract MemberSignatureMock {
    function isValid(address signer, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return MemberSignature.isValid(signer, digest, signature);
    }

    /// @return valid the answer
    /// @return spent gas the check took
    function measure(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) external view returns (bool valid, uint256 spent) {
        uint256 before = gasleft();
        valid = MemberSignature.isValid(signer, digest, signature);
        spent = before - gasleft();
    }
}
