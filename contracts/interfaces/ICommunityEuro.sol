// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title Where a deposit for a participant is credited: the market
interface IDepositLedger {
    /// @notice Credits `amount` n€, already minted to the market, to a participant. Only the community euro.
    function creditDeposit(uint32 participant, uint256 amount) external;
}

/// @title The community's euro
/// @notice An ERC-20 with permit and 9 decimals: its unit is the nano-euro (n€). Minted by the treasurer against bank
/// transfers and burned on payout. By default it moves only between a member and the market.
/// Rules of every movement, whatever the function that causes it:
/// - to the market from an active member's wallet, by the market itself alone (its deposit function), so that no token
///   lies there which it has not credited;
/// - from the market to any member's wallet, so that a closed account gets its money out;
/// - between two active members only while the operator has opened that;
/// - from a replaced wallet to its successor, and nowhere else: a replaced key can neither send nor redeem;
/// - minted only to the market or an active member; burned by any member, a closed one included.
interface ICommunityEuro is IERC20, IERC20Permit {
    /// @notice Money came in by bank. `participant` is 0 when it was minted to a wallet.
    event Deposited(
        bytes32 indexed depositReference,
        address indexed account,
        uint32 indexed participant,
        uint256 amount
    );
    /// @notice Money goes out by bank.
    event Redeemed(bytes32 indexed payoutReference, address indexed member, uint256 amount);
    event MemberTransfersSet(bool open);
    event Recovered(address indexed oldWallet, address indexed newWallet, uint256 amount);

    /// @notice Tokens do not move between these two.
    error EuroTransferForbidden(address from, address to);
    /// @notice A deposit or payout reference was used before.
    error EuroReferenceUsed(bytes32 usedReference);
    error EuroReferenceZero();
    error EuroAmountZero();
    error EuroParticipantUnknown(uint32 participant);
    /// @notice The wallet was not replaced.
    error EuroNoSuccessor(address wallet);
    error EuroAddressZero();

    /// @notice Mints to an active member's wallet against a bank transfer. Role: treasurer.
    /// @param amount n€
    /// @param depositReference identifies the bank transfer; each is used once, here or in `mintToAccount`
    function mint(address member, uint256 amount, bytes32 depositReference) external;

    /// @notice Mints to the market and credits the participant's account there. Role: treasurer.
    function mintToAccount(uint32 participant, uint256 amount, bytes32 depositReference) external;

    /// @notice Burns the caller's own tokens for a payout by bank.
    /// @param payoutReference the holder's own choice; not checked
    function redeem(uint256 amount, bytes32 payoutReference) external;

    /// @notice Burns a member's tokens for a payout, within the member's allowance (see `permit`). Role: treasurer.
    /// @param payoutReference each is used once, so that a repeated instruction does not burn twice
    function redeemFrom(address member, uint256 amount, bytes32 payoutReference) external;

    /// @notice Opens or closes transfers between members. Role: operator (best with a delay).
    function setMemberTransfers(bool open) external;

    /// @notice Moves all of a replaced wallet's tokens to the wallet that took over. Anyone.
    function recover(address oldWallet) external;

    /// @notice The market, fixed at deployment.
    function market() external view returns (address);

    function memberTransfers() external view returns (bool);

    /// @notice Whether a deposit reference was used.
    function depositUsed(bytes32 depositReference) external view returns (bool);

    /// @notice Whether the treasurer used a payout reference.
    function payoutUsed(bytes32 payoutReference) external view returns (bool);
}
