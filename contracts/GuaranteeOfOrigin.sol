// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IGuaranteeOfOrigin} from "./interfaces/IGuaranteeOfOrigin.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {CalendarMonths} from "./libraries/CalendarMonths.sol";
import {Heirs} from "./libraries/Heirs.sol";
import {MemberSignature} from "./libraries/MemberSignature.sol";
import {PackedWh} from "./libraries/PackedWh.sol";

/// @title Guarantees of origin
/// @dev OpenZeppelin's ERC1155 keeps approvals, callbacks and the standard's functions; the balances are kept here, ten
/// intervals a slot, because a new slot would cost more than all the rest of an issue. `balanceOf` and `_update` are
/// the only two functions of it that touch a balance, and both are overridden without calling it.
contract GuaranteeOfOrigin is IGuaranteeOfOrigin, ERC1155, AccessManaged, EIP712, Nonces {
    using Heirs for IMemberRegistry;
    using PackedWh for mapping(uint256 => uint256);

    uint256 private constant TRANSFER_MONTHS = 12;
    uint256 private constant CANCEL_MONTHS = 18;
    uint256 private constant MAX_BATCH = 64;

    /// @dev Totals of a device in one word: issued, cancelled, withdrawn and owed Wh, 64 bits each from the lowest.
    uint256 private constant CANCELLED_SHIFT = 64;
    uint256 private constant WITHDRAWN_SHIFT = 128;
    uint256 private constant DEBT_SHIFT = 192;

    /// @dev The reason of what is withdrawn from an issue for the device's debt.
    bytes32 private constant DEBT_REASON = "debt of the device";

    /// @dev A claim in one word: participant above the Wh.
    uint256 private constant CLAIMANT_SHIFT = 24;

    bytes32 private constant STATEMENT_TYPEHASH = keccak256(
        "Statement(bytes32 beneficiary,bytes32 purpose,uint64 periodFrom,uint64 periodTo,bytes2 country,"
        "bytes32 statementHash)"
    );
    bytes32 private constant CANCELLATION_TYPEHASH = keccak256(
        "Cancellation(address holder,uint256[] ids,uint256[] amounts,Statement terms,uint256 nonce,uint64 deadline)"
        "Statement(bytes32 beneficiary,bytes32 purpose,uint64 periodFrom,uint64 periodTo,bytes2 country,"
        "bytes32 statementHash)"
    );

    /// @inheritdoc IGuaranteeOfOrigin
    address public immutable market;

    /// @inheritdoc IGuaranteeOfOrigin
    address public immutable corrections;

    /// @inheritdoc IGuaranteeOfOrigin
    address public immutable exports;

    IMemberRegistry private immutable _registry;
    uint256 private immutable _intervalLength;

    /// @inheritdoc IGuaranteeOfOrigin
    uint256 public statementCount;

    mapping(address holder => mapping(uint256 slot => uint256)) private _held;
    mapping(uint256 slot => uint256) private _issued;
    mapping(uint256 device => uint256) private _totals;
    mapping(uint256 id => uint256) private _claims;

    constructor(
        address authority,
        IMemberRegistry registry,
        address market_,
        address corrections_,
        address exports_,
        string memory uri_
    ) AccessManaged(authority) ERC1155(uri_) EIP712("Watt Commons GuaranteeOfOrigin", "1") {
        require(market_ != address(0) && corrections_ != address(0) && exports_ != address(0), GuaranteeAddressZero());
        _registry = registry;
        market = market_;
        corrections = corrections_;
        exports = exports_;
        _intervalLength = registry.intervalLength();
    }

    // ------------------------------------------------------------------ issue

    /// @inheritdoc IGuaranteeOfOrigin
    function issue(uint32 interval, uint256[] calldata entries) external {
        require(msg.sender == market, GuaranteeOnlyMarket(msg.sender));
        for (uint256 i; i < entries.length; ++i) {
            uint256 entry = entries[i];
            _issue(interval, uint32(entry >> 72), uint24(entry >> 48), uint24(entry >> 24), uint24(entry));
        }
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function correct(uint32 interval, uint256 entry, uint256 earnedWh, bytes32 reason) external {
        require(msg.sender == corrections, GuaranteeOnlyCorrections(msg.sender));
        (uint256 ownUseWh, uint256 soldWh, uint256 gridWh) = (uint24(entry >> 48), uint24(entry >> 24), uint24(entry));
        uint32 participant = uint32(entry >> 72);
        (uint32 device, bool issuable, address wallet, bool active) = _issuanceAt(participant, interval);
        if (device == 0 || !issuable) return;
        uint256 id = idOf(device, interval);
        uint256 earnsWh = ownUseWh + soldWh + gridWh;
        if (_issued.get(id) == 0) _issue(interval, participant, ownUseWh, soldWh, gridWh);
        else if (earnsWh > earnedWh) _issueMore(id, participant, active ? wallet : address(0), earnsWh - earnedWh);
        else if (earnsWh < earnedWh) _takeBack(id, wallet, earnedWh - earnsWh, reason);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function claim(uint256 id) external {
        uint256 waiting = _claims[id];
        require(waiting != 0, GuaranteeNothingToClaim(id));
        _requireLive(id);
        uint32 participant = uint32(waiting >> CLAIMANT_SHIFT);
        uint256 wh = uint24(waiting);
        address wallet = _registry.walletOf(participant);
        _requireHolder(wallet);
        delete _claims[id];
        emit Claimed(id, participant, wallet, wh);
        _moveOne(address(0), wallet, id, wh);
    }

    // ------------------------------------------------------------------ lock, unlock

    /// @inheritdoc IGuaranteeOfOrigin
    function lock(address holder, uint256[] calldata ids, uint256[] calldata amounts) external {
        _requireExports();
        _update(holder, exports, ids, amounts);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function unlock(address holder, uint256[] calldata ids, uint256[] calldata amounts) external {
        _requireExports();
        _update(exports, holder, ids, amounts);
    }

    // ------------------------------------------------------------------ cancel, withdraw, recover

    /// @inheritdoc IGuaranteeOfOrigin
    function cancel(
        uint256[] calldata ids,
        uint256[] calldata amounts,
        Statement calldata terms
    ) external returns (uint256 statement) {
        return _cancel(msg.sender, ids, amounts, terms);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function cancelFor(
        address holder,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        Statement calldata terms,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint256 statement) {
        require(block.timestamp <= deadline, GuaranteeSignatureExpired(deadline));
        bytes32 idsHash = keccak256(abi.encodePacked(ids));
        bytes32 amountsHash = keccak256(abi.encodePacked(amounts));
        bytes32 digest = _digest(holder, idsHash, amountsHash, _hash(terms), deadline);
        require(MemberSignature.isValid(holder, digest, signature), GuaranteeSignatureInvalid(holder));
        return _cancel(holder, ids, amounts, terms);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function withdraw(address holder, uint256 id, uint256 wh, bytes32 reason) external restricted {
        _withdraw(holder, id, wh, reason);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function recover(address oldWallet, uint256[] calldata ids) external {
        _requireBatch(ids.length, ids.length);
        address heir = _registry.heirOf(oldWallet);
        require(heir != address(0), GuaranteeNoSuccessor(oldWallet));
        uint256[] memory amounts = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            amounts[i] = balanceOf(oldWallet, ids[i]);
        }
        emit Recovered(oldWallet, heir, ids);
        _update(oldWallet, heir, ids, amounts);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IERC1155
    function balanceOf(address account, uint256 id) public view override(ERC1155, IERC1155) returns (uint256) {
        return id >> 64 == 0 ? _held[account].get(id) : 0;
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function certificate(uint256 id) external view returns (Certificate memory terms) {
        uint256 issued = _issuedOf(id);
        if (issued == 0) return terms;
        uint256 end = _productionEnd(id);
        uint256 waiting = _claims[id];
        terms.device = uint32(id >> 32);
        terms.interval = uint32(id);
        terms.productionStart = uint64(end - _intervalLength);
        terms.productionEnd = uint64(end);
        terms.transferableUntil = uint64(_transferableUntil(id));
        terms.cancellableUntil = uint64(_cancellableUntil(id));
        terms.issuedWh = uint24(issued);
        terms.claimableWh = uint24(waiting);
        terms.claimant = uint32(waiting >> CLAIMANT_SHIFT);
        terms.state = stateOf(id);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function stateOf(uint256 id) public view returns (State) {
        if (_issuedOf(id) == 0) return State.NotIssued;
        if (block.timestamp < _transferableUntil(id)) return State.Transferable;
        return block.timestamp < _cancellableUntil(id) ? State.CancelOnly : State.Expired;
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function expiredAt(uint256 id) external view returns (uint256) {
        return _cancellableUntil(id);
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function idOf(uint32 device, uint32 interval) public pure returns (uint256) {
        return (uint256(device) << 32) | interval;
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function totalsOf(uint32 device) external view returns (Totals memory) {
        uint256 word = _totals[device];
        return Totals(uint64(word), uint64(word >> CANCELLED_SHIFT), uint64(word >> WITHDRAWN_SHIFT));
    }

    /// @inheritdoc IGuaranteeOfOrigin
    function debtOf(uint32 device) external view returns (uint256) {
        return _totals[device] >> DEBT_SHIFT;
    }

    // ------------------------------------------------------------------ internal

    /// @dev Every balance changes here, whatever the function: single and batch transfer, by holder or operator, claim,
    /// cancel, withdraw, recover, lock, unlock; `_mint` alone does the same by itself. Only `claim` comes with `from` zero,
    /// with an active wallet that the registry has just named; only `_cancel` and `withdraw` with `to` zero.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory amounts) internal override {
        require(ids.length == amounts.length, ERC1155InvalidArrayLength(ids.length, amounts.length));
        bool transfer = _requireMovable(from, to);
        for (uint256 i; i < ids.length; ++i) {
            uint256 id = ids[i];
            uint256 wh = amounts[i];
            require(wh != 0, GuaranteeAmountZero(id));
            if (transfer) _requireTransferable(id);
            if (from != address(0)) {
                require(from != exports || msg.sender == exports, GuaranteeLocked(id));
                _requireLive(id);
                uint256 balance = _held[from].get(id);
                require(wh <= balance, ERC1155InsufficientBalance(from, balance, wh, id));
                _held[from].sub(id, wh);
            }
            // Cannot spill over: all balances of an id together are at most what was issued, 24 bits.
            if (to != address(0)) _held[to].add(id, wh);
        }
        if (ids.length == 1) emit TransferSingle(_msgSender(), from, to, ids[0], amounts[0]);
        else emit TransferBatch(_msgSender(), from, to, ids, amounts);
    }

    /// @dev Checks who may give to whom. True for a change of owner and for a lock, false for issue, end of life, recovery
    /// and unlock. Only in a call of the exports contract, which are `lock` and `unlock`, may it be one of the two.
    function _requireMovable(address from, address to) private view returns (bool transfer) {
        if (from == address(0) || to == address(0)) return false;
        if (msg.sender == exports) {
            transfer = to == exports;
            _requireHolder(transfer ? from : to);
            return transfer;
        }
        transfer = _registry.heirOf(from) != to;
        if (transfer) _requireHolder(from);
        _requireHolder(to);
    }

    function _moveOne(address from, address to, uint256 id, uint256 wh) private {
        uint256[] memory ids = new uint256[](1);
        uint256[] memory amounts = new uint256[](1);
        (ids[0], amounts[0]) = (id, wh);
        _update(from, to, ids, amounts);
    }

    function _issue(uint32 interval, uint32 participant, uint256 ownUseWh, uint256 soldWh, uint256 gridWh) private {
        uint256 total;
        // Three times 24 bits.
        unchecked {
            total = ownUseWh + soldWh + gridWh;
        }
        if (total == 0) return;
        (uint32 device, bool issuable, address wallet, bool active) = _issuanceAt(participant, interval);
        if (device == 0 || !issuable) return;
        uint256 id = idOf(device, interval);
        require(total <= PackedWh.MAX, GuaranteeTooMuch(id, total, PackedWh.MAX));
        uint256 before = _issued.put(id, total);
        require(before == 0, GuaranteeAlreadyIssued(id, before));
        uint256 totals = _totals[device];
        // 64 bits of Wh are more than all the world's production of a century.
        unchecked {
            _totals[device] = totals + (total | ((ownUseWh + soldWh) << CANCELLED_SHIFT));
        }
        emit Issued(id, participant, active ? wallet : address(0), ownUseWh, soldWh, gridWh);
        if (gridWh == 0) return;
        _mint(id, participant, active ? wallet : address(0), gridWh);
        if (totals >> DEBT_SHIFT != 0) _settleDebt(id, active ? wallet : address(0), gridWh);
    }

    /// @dev Mints to the producer's wallet or, where it may not hold certificates, to its claim.
    function _mint(uint256 id, uint32 participant, address holder, uint256 wh) private {
        if (holder != address(0)) {
            // What `_update` would do with `from` zero, without its arrays.
            _held[holder].add(id, wh);
            emit TransferSingle(msg.sender, address(0), holder, id, wh);
        } else {
            _claims[id] = (uint256(participant) << CLAIMANT_SHIFT) | (uint24(_claims[id]) + wh);
        }
    }

    /// @dev Issues, to the producer, what a correction found beyond what had been issued.
    function _issueMore(uint256 id, uint32 participant, address holder, uint256 wh) private {
        uint256 total = _issued.get(id) + wh;
        require(total <= PackedWh.MAX, GuaranteeTooMuch(id, total, PackedWh.MAX));
        _issued.add(id, wh);
        _totals[id >> 32] += wh;
        emit IssuedMore(id, participant, holder, wh);
        _mint(id, participant, holder, wh);
        _settleDebt(id, holder, wh);
    }

    /// @dev Takes Wh that were not produced from what waits for the producer, then from what its wallet holds; what was
    /// given away or cancelled is left alone and owed by the device.
    function _takeBack(uint256 id, address wallet, uint256 wh, bytes32 reason) private {
        uint256 waiting = uint24(_claims[id]);
        uint256 part = wh < waiting ? wh : waiting;
        if (part != 0) _withdraw(address(0), id, part, reason);
        wh -= part;
        uint256 balance = _held[wallet].get(id);
        part = wh < balance ? wh : balance;
        if (part != 0) _withdraw(wallet, id, part, reason);
        wh -= part;
        if (wh == 0) return;
        uint256 totals = _totals[id >> 32] + (wh << DEBT_SHIFT);
        _totals[id >> 32] = totals;
        emit DebtSet(uint32(id >> 32), id, totals >> DEBT_SHIFT);
    }

    /// @dev Withdraws from Wh just minted what the device owes. What has expired already can be no more than that.
    function _settleDebt(uint256 id, address holder, uint256 mintedWh) private {
        uint256 debt = _totals[id >> 32] >> DEBT_SHIFT;
        uint256 wh = debt < mintedWh ? debt : mintedWh;
        if (wh == 0 || block.timestamp >= _cancellableUntil(id)) return;
        _totals[id >> 32] -= wh << DEBT_SHIFT;
        emit DebtSet(uint32(id >> 32), id, debt - wh);
        _withdraw(holder, id, wh, DEBT_REASON);
    }

    function _withdraw(address holder, uint256 id, uint256 wh, bytes32 reason) private {
        if (holder == address(0)) _withdrawClaim(id, wh);
        else _moveOne(holder, address(0), id, wh);
        _totals[id >> 32] += wh << WITHDRAWN_SHIFT;
        emit Withdrawn(id, holder, wh, reason);
    }

    function _cancel(
        address holder,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        Statement calldata terms
    ) private returns (uint256 statement) {
        _requireBatch(ids.length, amounts.length);
        require(terms.periodFrom < terms.periodTo, GuaranteePeriodInvalid(terms.periodFrom, terms.periodTo));
        _requireHolder(holder);
        _update(holder, address(0), ids, amounts);
        statement = ++statementCount;
        uint256 totalWh;
        for (uint256 i; i < ids.length; ++i) {
            totalWh += amounts[i];
            _totals[ids[i] >> 32] += amounts[i] << CANCELLED_SHIFT;
            emit CertificateCancelled(statement, ids[i], amounts[i]);
        }
        emit StatementIssued(statement, holder, terms, totalWh);
    }

    function _withdrawClaim(uint256 id, uint256 wh) private {
        uint256 waiting = _claims[id];
        require(wh != 0, GuaranteeAmountZero(id));
        _requireLive(id);
        require(wh <= uint24(waiting), GuaranteeClaimTooSmall(id, uint24(waiting), wh));
        if (wh == uint24(waiting)) delete _claims[id];
        else _claims[id] = waiting - wh;
    }

    /// @dev EIP-712 digest of a cancellation; uses up the holder's nonce.
    function _digest(
        address holder,
        bytes32 idsHash,
        bytes32 amountsHash,
        bytes32 termsHash,
        uint64 deadline
    ) private returns (bytes32) {
        uint256 nonce = _useNonce(holder);
        return
            _hashTypedDataV4(
                keccak256(abi.encode(CANCELLATION_TYPEHASH, holder, idsHash, amountsHash, termsHash, nonce, deadline))
            );
    }

    function _hash(Statement calldata terms) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    STATEMENT_TYPEHASH,
                    terms.beneficiary,
                    terms.purpose,
                    terms.periodFrom,
                    terms.periodTo,
                    terms.country,
                    terms.statementHash
                )
            );
    }

    /// @dev Where and for whom the registry issues; wallet zero where somebody registered the exports contract as one.
    function _issuanceAt(
        uint32 participant,
        uint32 interval
    ) private view returns (uint32 device, bool issuable, address wallet, bool active) {
        (device, issuable, wallet, active) = _registry.issuanceAt(participant, interval);
        if (wallet == exports) wallet = address(0);
    }

    /// @dev The exports contract is none, whatever the registry says: what it has is what lies in groups.
    function _requireHolder(address account) private view {
        require(account != exports && _registry.isAccountHolder(account), GuaranteeNotAccountHolder(account));
    }

    function _requireExports() private view {
        require(msg.sender == exports, GuaranteeOnlyExports(msg.sender));
    }

    function _requireTransferable(uint256 id) private view {
        uint256 until = _transferableUntil(id);
        require(block.timestamp < until, GuaranteeTransferClosed(id, until));
    }

    /// @dev Refuses what no longer exists, and what never could: a number that is no device and interval.
    function _requireLive(uint256 id) private view {
        require(id >> 64 == 0, GuaranteeNotIssued(id));
        uint256 until = _cancellableUntil(id);
        require(block.timestamp < until, GuaranteeExpired(id, until));
    }

    function _requireBatch(uint256 ids, uint256 amounts) private pure {
        require(ids == amounts && ids != 0 && ids <= MAX_BATCH, GuaranteeBatchSize(ids, amounts, MAX_BATCH));
    }

    function _issuedOf(uint256 id) private view returns (uint256) {
        return id >> 64 == 0 ? _issued.get(id) : 0;
    }

    function _productionEnd(uint256 id) private view returns (uint256) {
        return (uint256(uint32(id)) + 1) * _intervalLength;
    }

    function _transferableUntil(uint256 id) private view returns (uint256) {
        return CalendarMonths.addMonths(_productionEnd(id), TRANSFER_MONTHS);
    }

    function _cancellableUntil(uint256 id) private view returns (uint256) {
        return CalendarMonths.addMonths(_productionEnd(id), CANCEL_MONTHS);
    }
}
