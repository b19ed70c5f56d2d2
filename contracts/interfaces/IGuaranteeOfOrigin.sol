// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

/// @title Guarantees of origin
/// @notice An ERC-1155 whose id is a device and an interval (`device << 32 | interval`) and whose balance is Wh.
/// Only the market's settlement of a recorded reading issues, and a reading's correction issues or takes the difference.
/// Directive (EU) 2018/2001 article 19 as amended: the clock starts at the end of production; calendar months are UTC,
/// the day clamped.
///
/// | path                  | who                           | until (exclusive)          |
/// | --------------------- | ----------------------------- | -------------------------- |
/// | transfer              | account holder to another     | production end + 12 months |
/// | cancel                | the holding account holder    | production end + 18 months |
/// | claim                 | anyone, for the producer      | production end + 18 months |
/// | recover               | anyone, to the wallet's heir  | production end + 18 months |
/// | withdraw              | issuing body                  | production end + 18 months |
/// | lock                  | account holder, by a group    | production end + 12 months |
/// | unlock                | to the group's member         | production end + 18 months |
///
/// A transfer between a wallet and the one that took over from it is a recovery, whoever makes it.
///
/// A lock moves Wh to the exports contract, which keeps them in groups for a national registry (`IExportGroups`). There
/// they are out of every other path of this table.
///
/// What is neither cancelled, withdrawn nor exported by then has expired for good and counts to the residual mix; that
/// follows from time and is never stored. What was cancelled or withdrawn no longer exists, so nothing can touch it.
interface IGuaranteeOfOrigin is IERC1155 {
    /// @notice What may still happen to the Wh that exist of an id.
    enum State {
        NotIssued,
        Transferable,
        CancelOnly,
        Expired
    }

    /// @notice What a cancellation is for (EECS cancellation statement).
    /// @param beneficiary salted commitment to who may claim the energy's origin
    /// @param purpose code or hash of the purpose
    /// @param periodFrom start of the reporting period, Unix second
    /// @param periodTo its end, Unix second, exclusive
    /// @param country ISO 3166-1 alpha-2 of consumption
    /// @param statementHash hash of the statement document
    struct Statement {
        bytes32 beneficiary;
        bytes32 purpose;
        uint64 periodFrom;
        uint64 periodTo;
        bytes2 country;
        bytes32 statementHash;
    }

    /// @notice All that follows from an id.
    /// @param issuedWh Wh ever issued: own use, sold to neighbours and minted
    /// @param claimableWh minted Wh that wait for the producer's account to become eligible
    /// @param claimant participant who may claim them, 0 if none
    struct Certificate {
        uint32 device;
        uint32 interval;
        uint64 productionStart;
        uint64 productionEnd;
        uint64 transferableUntil;
        uint64 cancellableUntil;
        uint24 issuedWh;
        uint24 claimableWh;
        uint32 claimant;
        State state;
    }

    /// @notice Wh of one device over all intervals. `cancelled` includes what was cancelled at issue.
    struct Totals {
        uint64 issued;
        uint64 cancelled;
        uint64 withdrawn;
    }

    /// @notice Issued = ownUseWh + soldWh (both cancelled at once, for the producer and for the buyers of the
    /// clearing) + mintedWh. `holder` is zero when the minted Wh wait in a claim.
    event Issued(
        uint256 indexed id,
        uint32 indexed participant,
        address indexed holder,
        uint256 ownUseWh,
        uint256 soldWh,
        uint256 mintedWh
    );
    /// @notice What a correction added to an id that had been issued: minted to the producer, or waiting in its claim.
    event IssuedMore(uint256 indexed id, uint32 indexed participant, address indexed holder, uint256 wh);
    /// @notice The Wh a device owes from now on, after a correction of `id` or an issue of it.
    event DebtSet(uint32 indexed device, uint256 indexed id, uint256 debtWh);
    event Claimed(uint256 indexed id, uint32 indexed participant, address indexed holder, uint256 wh);
    /// @notice A cancellation statement; one `CertificateCancelled` an id precedes it.
    event StatementIssued(uint256 indexed statement, address indexed holder, Statement terms, uint256 totalWh);
    event CertificateCancelled(uint256 indexed statement, uint256 indexed id, uint256 wh);
    /// @notice `holder` is zero when the Wh waited in a claim.
    event Withdrawn(uint256 indexed id, address indexed holder, uint256 wh, bytes32 reason);
    event Recovered(address indexed oldWallet, address indexed newWallet, uint256[] ids);

    error GuaranteeOnlyMarket(address caller);
    error GuaranteeOnlyCorrections(address caller);
    error GuaranteeOnlyExports(address caller);
    /// @notice The Wh lie in groups for a national registry; only what is released from a group is free again.
    error GuaranteeLocked(uint256 id);
    /// @notice The device and interval were issued before.
    error GuaranteeAlreadyIssued(uint256 id, uint256 issuedWh);
    /// @notice More Wh than a reading can hold.
    error GuaranteeTooMuch(uint256 id, uint256 wh, uint256 limit);
    /// @notice The account is not an active member's wallet.
    error GuaranteeNotAccountHolder(address account);
    /// @notice The 12 months in which the id moves are over.
    error GuaranteeTransferClosed(uint256 id, uint256 transferableUntil);
    error GuaranteeExpired(uint256 id, uint256 cancellableUntil);
    error GuaranteeNotIssued(uint256 id);
    error GuaranteeAmountZero(uint256 id);
    error GuaranteeBatchSize(uint256 ids, uint256 amounts, uint256 limit);
    error GuaranteePeriodInvalid(uint64 periodFrom, uint64 periodTo);
    error GuaranteeSignatureExpired(uint64 deadline);
    error GuaranteeSignatureInvalid(address holder);
    error GuaranteeNothingToClaim(uint256 id);
    error GuaranteeClaimTooSmall(uint256 id, uint256 claimableWh, uint256 wh);
    /// @notice The wallet was not replaced.
    error GuaranteeNoSuccessor(address wallet);
    error GuaranteeAddressZero();

    // ------------------------------------------------------------------ issue

    /// @notice Issues for producers of a settled interval. Only the market. Calls no holder: what cannot be held waits
    /// in a claim. A participant without a device that may have certificates gets nothing, silently.
    /// @param entries one a producer: participant << 72 | ownUseWh << 48 | soldWh << 24 | gridWh, 24 bits each
    /// @dev Warning: reverts with `GuaranteeAlreadyIssued` for an id issued before; the market settles once.
    function issue(uint32 interval, uint256[] calldata entries) external;

    /// @notice Brings an id in line with a corrected reading. Only `Corrections`. Where nothing of it was issued, issues as
    /// for a settled reading. What is more than before goes to the producer; what is less is withdrawn from the
    /// producer's claim and wallet. What it has given away, cancelled or put into a group is never touched, but owed by the
    /// device: as much is withdrawn from the next Wh minted for it, whosever it is by then.
    /// @param entry as for `issue`: what the corrected reading earns
    /// @param earnedWh Wh that the reading before it had earned
    function correct(uint32 interval, uint256 entry, uint256 earnedWh, bytes32 reason) external;

    /// @notice Mints waiting Wh to the producer's wallet, once that may hold certificates. Anyone; no callback.
    function claim(uint256 id) external;

    // ------------------------------------------------------------------ lock, unlock

    /// @notice Moves Wh of an account holder to the exports contract, with the standard's event and no callback. Only that
    /// contract.
    /// @dev Warning: asks nobody; the exports contract must have been called by the holder itself.
    function lock(address holder, uint256[] calldata ids, uint256[] calldata amounts) external;

    /// @notice Moves Wh from the exports contract to an account holder, likewise. Only the exports contract. Until expiry,
    /// not only 12 months: the owner does not change.
    /// @dev Warning: which member's the Wh are is known to the exports contract alone.
    function unlock(address holder, uint256[] calldata ids, uint256[] calldata amounts) external;

    // ------------------------------------------------------------------ cancel, withdraw, recover

    /// @notice Cancels Wh the caller holds, for good.
    /// @param ids 1 to 64 ids
    /// @param amounts Wh of each, not zero
    /// @return statement running number of the statement, from 1
    function cancel(
        uint256[] calldata ids,
        uint256[] calldata amounts,
        Statement calldata terms
    ) external returns (uint256 statement);

    /// @notice Cancels by the holder's signature. Anyone may send it.
    /// @param signature EIP-712 `Cancellation(address holder,uint256[] ids,uint256[] amounts,Statement terms,uint256
    /// nonce,uint64 deadline)`, by ECDSA or EIP-1271, with nonce = `nonces(holder)`
    /// @param deadline last Unix second at which the signature is good
    function cancelFor(
        address holder,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        Statement calldata terms,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint256 statement);

    /// @notice Withdraws Wh issued in error, for good, from whoever holds them. Role: issuing body. Reverts with
    /// `GuaranteeLocked` for what lies in a group.
    /// @param holder the holding wallet, zero for Wh waiting in a claim
    /// @param reason code or hash of the reason
    function withdraw(address holder, uint256 id, uint256 wh, bytes32 reason) external;

    /// @notice Moves all Wh of these ids from a replaced wallet to the wallet that took over. Anyone; no callback.
    /// Until expiry, not only 12 months: the owner does not change.
    function recover(address oldWallet, uint256[] calldata ids) external;

    // ------------------------------------------------------------------ views

    function market() external view returns (address);

    /// @notice The only contract that may correct.
    function corrections() external view returns (address);

    /// @notice The only contract that may lock and unlock; its balance is what lies in groups, exported or not.
    function exports() external view returns (address);

    /// @notice All that follows from an id. Zeros and NotIssued for one never issued.
    function certificate(uint256 id) external view returns (Certificate memory);

    function stateOf(uint256 id) external view returns (State);

    /// @notice First Unix second at which an id has expired.
    function expiredAt(uint256 id) external view returns (uint256);

    function idOf(uint32 device, uint32 interval) external pure returns (uint256);

    /// @notice Totals of a device.
    function totalsOf(uint32 device) external view returns (Totals memory);

    /// @notice Wh issued beyond what the device produced, as corrected, that could not be withdrawn; its next issues pay.
    function debtOf(uint32 device) external view returns (uint256);

    /// @notice Number of statements so far.
    function statementCount() external view returns (uint256);
}
