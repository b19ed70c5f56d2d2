// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IntervalClock} from "../IntervalClock.sol";
import {ICommunityEuro, IDepositLedger} from "../interfaces/ICommunityEuro.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IMarketAccounts} from "../interfaces/IMarketAccounts.sol";
import {ITariffSchedule} from "../interfaces/ITariffSchedule.sol";
import {IntervalTrace} from "../libraries/IntervalTrace.sol";
import {MemberSignature} from "../libraries/MemberSignature.sol";
import {PackedEpoch} from "../libraries/PackedEpoch.sol";
import {WordBits} from "../libraries/WordBits.sol";

/// @title Participants' accounts, credit and withdrawals
abstract contract MarketAccounts is IMarketAccounts, IntervalClock, EIP712, AccessManaged {
    using IntervalTrace for IntervalTrace.Trace;
    using PackedEpoch for uint224;

    bytes32 private constant WITHDRAWAL_TYPEHASH = keccak256(
        "Withdrawal(uint32 participant,uint256 amountNeur,uint256 nonce,uint64 deadlineUnix)"
    );

    IMemberRegistry public immutable registry;
    ICommunityEuro public immutable euro;
    ITariffSchedule public immutable tariffs;

    /// @inheritdoc IMarketAccounts
    address public immutable corrections;

    mapping(uint32 participant => int256 neur) private _balances;
    int256 private _gridBalance;
    int256 private _networkBalance;
    int256 private _inSettlement;

    uint256 private _defaultCreditLimit;
    /// @dev 0 means the default; otherwise the limit plus one.
    mapping(uint32 participant => uint256 limitPlusOne) private _creditLimits;

    /// @dev Participants whose credit does not count, one bit each.
    mapping(uint256 word => IntervalTrace.Trace) private _ineligible;

    /// @inheritdoc IMarketAccounts
    mapping(uint32 participant => uint256) public withdrawalNonce;

    constructor(
        IMemberRegistry registry_,
        ICommunityEuro euro_,
        ITariffSchedule tariffs_,
        address corrections_,
        uint256 defaultCreditLimit_
    ) {
        registry = registry_;
        euro = euro_;
        tariffs = tariffs_;
        corrections = corrections_;
        _defaultCreditLimit = defaultCreditLimit_;
        emit CreditLimitSet(0, defaultCreditLimit_);
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IMarketAccounts
    function deposit(uint32 participant, uint256 amount) external {
        _credit(participant, msg.sender, amount);
        euro.transferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IMarketAccounts
    function depositWithPermit(
        uint32 participant,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        address wallet = registry.walletOf(participant);
        _credit(participant, wallet, amount);
        // Somebody may have used the permit already; what counts is the allowance.
        try euro.permit(wallet, address(this), amount, deadline, v, r, s) {} catch {}
        euro.transferFrom(wallet, address(this), amount);
    }

    /// @inheritdoc IDepositLedger
    function creditDeposit(uint32 participant, uint256 amount) external {
        require(msg.sender == address(euro), MarketOnlyEuro(msg.sender));
        _credit(participant, msg.sender, amount);
    }

    /// @inheritdoc IMarketAccounts
    function withdraw(uint32 participant, uint256 amount) external {
        require(msg.sender == registry.walletOf(participant), MarketNotMember(participant, msg.sender));
        _withdraw(participant, msg.sender, amount);
    }

    /// @inheritdoc IMarketAccounts
    function withdrawFor(
        uint32 participant,
        uint256 amount,
        uint256 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        require(block.timestamp <= deadline, MarketSignatureExpired(deadline));
        uint256 expected = withdrawalNonce[participant];
        require(nonce == expected, MarketNonceInvalid(participant, expected, nonce));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(WITHDRAWAL_TYPEHASH, participant, amount, nonce, deadline))
        );
        address wallet = registry.walletOf(participant);
        require(MemberSignature.isValid(wallet, digest, signature), MarketSignatureInvalid(wallet));
        withdrawalNonce[participant] = nonce + 1;
        _withdraw(participant, wallet, amount);
    }

    /// @inheritdoc IMarketAccounts
    function withdrawPooled(address to, bool network, uint256 amount) external restricted {
        int256 balance = network ? _networkBalance : _gridBalance;
        require(balance >= 0 && amount <= uint256(balance), MarketWithdrawalExceedsBalance(0, balance, 0, amount));
        if (network) _networkBalance -= int256(amount);
        else _gridBalance -= int256(amount);
        emit PooledWithdrawn(to, network, amount);
        _pay(to, amount);
    }

    /// @inheritdoc IMarketAccounts
    function checkCredit(uint32 participant) external returns (bool eligible) {
        _requireParticipant(participant);
        int256 available = _balances[participant] - int256(reserveOf(participant));
        uint256 limit = creditLimitOf(participant);
        eligible = available >= -int256(limit);
        if (available < -int256(limit - limit / 5)) emit CreditLow(participant, available, limit);
        (uint256 word, uint224 bit) = WordBits.placeOf(participant);
        (uint224 ineligible, ) = _ineligible[word].newest();
        if ((ineligible & bit == 0) != eligible) {
            uint32 from = firstOpenInterval();
            _ineligible[word].update(from, bit, eligible ? 0 : bit);
            emit CreditEligibilitySet(participant, eligible, from);
        }
    }

    /// @inheritdoc IMarketAccounts
    function setCreditLimit(uint32 participant, uint256 creditLimit) external restricted {
        require(creditLimit <= uint128(type(int128).max), MarketAmountTooLarge(creditLimit));
        if (participant == 0) _defaultCreditLimit = creditLimit;
        else _creditLimits[participant] = creditLimit + 1;
        emit CreditLimitSet(participant, creditLimit);
    }

    /// @inheritdoc IMarketAccounts
    function bookCorrection(uint32 participant, int256 amount) external {
        require(msg.sender == corrections, MarketOnlyCorrections(msg.sender));
        _book(participant, amount);
        _bookPooled(-amount, 0, 0);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMarketAccounts
    function balanceOf(uint32 participant) external view returns (int256) {
        return _balances[participant];
    }

    /// @inheritdoc IMarketAccounts
    function pooledBalances() external view returns (int256 grid, int256 network) {
        return (_gridBalance, _networkBalance);
    }

    /// @inheritdoc IMarketAccounts
    function inSettlement() external view returns (int256) {
        return _inSettlement;
    }

    /// @inheritdoc IMarketAccounts
    function creditLimitOf(uint32 participant) public view returns (uint256) {
        uint256 own = _creditLimits[participant];
        return own == 0 ? _defaultCreditLimit : own - 1;
    }

    /// @inheritdoc IMarketAccounts
    function reserveOf(uint32 participant) public view returns (uint256) {
        uint32 open = firstOpenInterval();
        uint256 uncleared = open - _firstUncleared();
        (uint224 epoch, ) = registry.epochSegment(participant, open);
        // A participant that is closed by then may still have intervals to clear: its last state counts.
        if (epoch.gatewayOf() == address(0)) {
            (, , uint32 until, , ) = registry.participantInfo(participant);
            if (until != 0 && until <= open) (epoch, ) = registry.epochSegment(participant, until - 1);
        }
        (int256 retail, int256 feedIn, ) = tariffs.pricesAt(open);
        int256 importCost = int256((uint256(epoch.importW()) * intervalLength * 11) / 36000) * retail;
        int256 exportCost = int256((uint256(epoch.exportW()) * intervalLength * 11) / 36000) * -feedIn;
        int256 most = importCost > exportCost ? importCost : exportCost;
        return most <= 0 ? 0 : uncleared * uint256(most);
    }

    /// @inheritdoc IMarketAccounts
    function eligibleAt(uint32 participant, uint32 interval) external view returns (bool) {
        (uint256 word, uint224 bit) = WordBits.placeOf(participant);
        return _ineligible[word].valueAt(interval) & bit == 0;
    }

    // ------------------------------------------------------------------ internal

    /// @dev The oldest interval that is not final.
    function _firstUncleared() internal view virtual returns (uint32);

    /// @dev One bit for each participant of the word whose orders do not count in the interval.
    function _ineligibleWord(uint256 word, uint32 interval) internal view returns (uint224) {
        return _ineligible[word].valueAt(interval);
    }

    /// @dev Books a settled amount, which may leave a debt.
    function _book(uint32 participant, int256 amount) internal {
        if (amount != 0) _balances[participant] += amount;
    }

    /// @dev Books what a settlement owes the grid and the network, and what a part of an interval leaves open.
    function _bookPooled(int256 grid, int256 network, int256 open) internal {
        if (grid != 0) _gridBalance += grid;
        if (network != 0) _networkBalance += network;
        if (open != 0) _inSettlement += open;
    }

    function _credit(uint32 participant, address from, uint256 amount) private {
        require(amount != 0, MarketAmountZero());
        require(amount <= uint128(type(int128).max), MarketAmountTooLarge(amount));
        _requireParticipant(participant);
        _balances[participant] += int256(amount);
        emit AccountDeposited(participant, from, amount);
    }

    function _requireParticipant(uint32 participant) private view {
        require(registry.walletOf(participant) != address(0), IMemberRegistry.RegistryParticipantUnknown(participant));
    }

    function _withdraw(uint32 participant, address to, uint256 amount) private {
        require(amount != 0, MarketAmountZero());
        int256 balance = _balances[participant];
        uint256 reserve = reserveOf(participant);
        require(
            balance >= 0 && amount <= uint256(balance) && uint256(balance) - amount >= reserve,
            MarketWithdrawalExceedsBalance(participant, balance, reserve, amount)
        );
        _balances[participant] = balance - int256(amount);
        emit AccountWithdrawn(participant, to, amount);
        _pay(to, amount);
    }

    function _pay(address to, uint256 amount) private {
        uint256 held = euro.balanceOf(address(this));
        require(amount <= held, MarketWithdrawalExceedsLiquidity(held, amount));
        euro.transfer(to, amount);
    }
}
