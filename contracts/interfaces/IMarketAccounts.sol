// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositLedger} from "./ICommunityEuro.sol";

/// @title Participants' accounts with the market
/// @notice Amounts in n€, signed: accounts are post-paid, settlement records debt and never reverts for it.
/// The euro held by the market is at all times the sum of all accounts, debts, grid, network and `inSettlement` included.
interface IMarketAccounts is IDepositLedger {
    event AccountDeposited(uint32 indexed participant, address indexed from, uint256 amount);
    event AccountWithdrawn(uint32 indexed participant, address indexed to, uint256 amount);
    /// @notice The participant's orders count (or no longer count) from `fromInterval` on.
    event CreditEligibilitySet(uint32 indexed participant, bool eligible, uint32 fromInterval);
    /// @notice Less than a fifth of the credit limit is left.
    event CreditLow(uint32 indexed participant, int256 available, uint256 creditLimit);
    /// @notice Participant 0 stands for the default of those without a limit of their own.
    event CreditLimitSet(uint32 indexed participant, uint256 creditLimit);
    event PooledWithdrawn(address indexed to, bool network, uint256 amount);

    error MarketOnlyEuro(address caller);
    error MarketOnlyCorrections(address caller);
    error MarketNotMember(uint32 participant, address caller);
    error MarketSignatureInvalid(address expectedSigner);
    error MarketSignatureExpired(uint64 deadline);
    error MarketNonceInvalid(uint32 participant, uint256 expected, uint256 given);
    error MarketAmountZero();
    error MarketAmountTooLarge(uint256 amount);
    /// @notice The balance, less the reserve for intervals not cleared yet, does not cover the amount.
    error MarketWithdrawalExceedsBalance(uint32 participant, int256 balance, uint256 reserve, uint256 amount);
    /// @notice The market holds too little at the moment: others owe it.
    error MarketWithdrawalExceedsLiquidity(uint256 held, uint256 amount);

    /// @notice Pays the caller's euro (allowed before) into a participant's account. Anyone.
    function deposit(uint32 participant, uint256 amount) external;

    /// @notice Pays in the member's euro by the member's permit; the account must be the member's own. Anyone.
    function depositWithPermit(
        uint32 participant,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Pays out to the member's wallet. Only the participant's member.
    function withdraw(uint32 participant, uint256 amount) external;

    /// @notice As `withdraw`, with the member's signature (EIP-712 `Withdrawal`). Anyone.
    function withdrawFor(
        uint32 participant,
        uint256 amount,
        uint256 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays out of the grid's or the network's account. Role: treasurer.
    function withdrawPooled(address to, bool network, uint256 amount) external;

    /// @notice Re-evaluates whether a participant's credit covers its balance and everything not cleared yet. Anyone.
    /// @return eligible true if balance - reserve >= -creditLimit
    function checkCredit(uint32 participant) external returns (bool eligible);

    /// @notice Sets the credit limit, n€. Participant 0 sets the default. Role: treasurer.
    function setCreditLimit(uint32 participant, uint256 creditLimit) external;

    /// @notice Books what a correction changes of a settled interval's grid leg: `amount` n€ to the participant, from the
    /// grid. It may leave a debt. Only `Corrections`.
    function bookCorrection(uint32 participant, int256 amount) external;

    /// @notice The only contract that may book corrections.
    function corrections() external view returns (address);

    function balanceOf(uint32 participant) external view returns (int256);

    /// @notice What the grid (the backup supplier) and the network are owed; 0 where only valued.
    function pooledBalances() external view returns (int256 grid, int256 network);

    /// @notice What intervals that are settled in part have yet to book, n€: negative while more was credited than debited.
    /// Zero when no settlement is under way.
    function inSettlement() external view returns (int256);

    function creditLimitOf(uint32 participant) external view returns (uint256);

    /// @notice Most that the intervals not cleared yet can cost: their number × the highest of
    /// import Wh × R and export Wh × -F, at the prices of the first open interval and the power limits then.
    function reserveOf(uint32 participant) external view returns (uint256);

    function eligibleAt(uint32 participant, uint32 interval) external view returns (bool);

    function withdrawalNonce(uint32 participant) external view returns (uint256);
}
