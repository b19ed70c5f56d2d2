// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "./IMemberRegistry.sol";

/// @title Members' consents to the reading of their data
/// @notice Who may read which data of a participant, for what, how often and until when. The member of a participant
/// gives a consent to a grantee, asked for or not, and takes it back at any moment with nothing but its number.
/// A third party that the community has admitted may ask; whom a member grants is the member's own choice.
///
/// A consent given is good for reads in [max(given, `validFrom`), end) of data of [`validFrom`, end), where the end is
/// the first of: `validUntil`, the end of the participant's ownership, revocation, termination. A new owner has a new
/// participant, so no consent outlives the ownership it was given in. Time ends a consent without a transaction.
///
/// The chain holds no data and no reads: whoever serves data asks `isValid` and counts the reads.
/// @dev Warning: everything here is readable by all who can read the chain. No personal data: `purpose` is a code of up
/// to 32 ASCII characters (zeros follow) or the keccak-256 of the text shown to the member, never free words; the
/// grantee's name is kept off chain beside its address.
interface IConsentRegistry {
    /// @notice What may be done. Each needs a consent of its own: none includes another.
    enum Granularity {
        None,
        /// reading sums of days
        Daily,
        /// reading every interval: the load curve
        Interval,
        /// taking the participant into a comparison with its neighbours
        Comparison,
        /// handing on to third parties what the grantee reads under another consent; opens no read by itself
        ThirdParty
    }

    /// @notice Where a consent stands. Final from `Rejected` on.
    enum State {
        None,
        /// asked for, not answered
        Received,
        /// given; good from `validFrom` on
        Valid,
        Rejected,
        /// taken back by the member
        RevokedByPsu,
        /// over by itself: its time, the ownership, or the time to answer has ended; never stored
        Expired,
        /// given up by the grantee, asked for or given
        TerminatedByTpp
    }

    /// @notice What is consented to.
    /// @param participant participant index
    /// @param grantee account that may read
    /// @param directions 1 import (consumption), 2 export (production), 3 both
    /// @param granularity what may be done
    /// @param readsPerDay reads without the member present, a UTC day: 1 to 4
    /// @param purpose code or hash of what for, not zero
    /// @param validFrom Unix second from which data may be read; in the past it opens history
    /// @param validUntil Unix second of the end, exclusive; at most `MAX_PERIOD` after `validFrom` and after now
    struct Terms {
        uint32 participant;
        address grantee;
        uint8 directions;
        Granularity granularity;
        uint8 readsPerDay;
        bytes32 purpose;
        uint64 validFrom;
        uint64 validUntil;
    }

    /// @notice A consent.
    /// @param requestedAt Unix second of the request; 0 when given unasked
    /// @param grantedAt Unix second it was given; 0 while it was not
    /// @param endedAt Unix second it was rejected, revoked or terminated; 0 while it was not, whatever time has ended
    struct Consent {
        Terms terms;
        State state;
        uint64 requestedAt;
        uint64 grantedAt;
        uint64 endedAt;
    }

    /// @notice A third party asks. Answered by `ConsentGranted` or `ConsentRejected`, or over after `REQUEST_LIFE`.
    event ConsentRequested(
        uint64 indexed consent,
        uint32 indexed participant,
        address indexed grantee,
        uint8 directions,
        Granularity granularity,
        uint8 readsPerDay,
        bytes32 purpose,
        uint64 validFrom,
        uint64 validUntil
    );

    /// @notice A member gave a consent, asked for (the number is the request's) or not (a new number).
    event ConsentGranted(
        uint64 indexed consent,
        uint32 indexed participant,
        address indexed grantee,
        uint8 directions,
        Granularity granularity,
        uint8 readsPerDay,
        bytes32 purpose,
        uint64 validFrom,
        uint64 validUntil
    );
    event ConsentRejected(uint64 indexed consent, uint32 indexed participant, address indexed grantee);
    event ConsentRevoked(uint64 indexed consent, uint32 indexed participant, address indexed grantee);
    event ConsentTerminated(uint64 indexed consent, uint32 indexed participant, address indexed grantee);

    error ConsentUnknown(uint64 consent);
    error ConsentParticipantUnknown(uint32 participant);
    /// @notice The participant's ownership ended, or ends before `validFrom`.
    error ConsentOwnershipEnded(uint32 participant, uint64 endedAt);
    /// @notice The account is not the wallet of the participant's member.
    error ConsentNotMember(uint32 participant, address account);
    /// @notice The caller is not the grantee.
    error ConsentNotGrantee(address grantee, address caller);
    /// @notice Nothing of the kind can be done to a consent in this state.
    error ConsentStateWrong(uint64 consent, State state);
    /// @notice What is granted is not, to the letter, what was asked for.
    error ConsentTermsDiffer(uint64 consent);
    /// @notice This grantee has asked this participant for a consent to the same not long ago.
    error ConsentAskedAlready(uint32 participant, address grantee, uint64 nextAt);
    error ConsentGranularityMissing();
    error ConsentDirectionsInvalid(uint8 directions);
    error ConsentFrequencyInvalid(uint8 readsPerDay);
    error ConsentPurposeMissing();
    error ConsentPeriodInvalid(uint64 validFrom, uint64 validUntil);
    error ConsentSignatureExpired(uint64 deadline);
    error ConsentSignatureInvalid(address wallet);
    error ConsentAddressZero();

    /// @notice Asks a participant's member for a consent to the caller. Role: third party.
    /// @dev Bounded: a grantee may ask a participant once for each granularity in `REQUEST_LIFE`, whatever the answer,
    /// and an unanswered request is over by then. So at most four are open of each of those whom the community admitted.
    /// @param terms `grantee` is the caller
    function request(Terms calldata terms) external returns (uint64 consent);

    /// @notice Gives a consent. Only the participant's member.
    /// @param asked number of the request answered, whose terms are repeated; 0 for a consent given unasked
    /// @return consent `asked`, or the new consent's number
    function grant(uint64 asked, Terms calldata terms) external returns (uint64 consent);

    /// @notice Gives a consent by the member's signature. Anyone may send it.
    /// @param deadline last Unix second at which the signature is good
    /// @param signature EIP-712 `Consent(uint64 request,uint32 participant,address grantee,uint8 directions,
    /// uint8 granularity,uint8 readsPerDay,bytes32 purpose,uint64 validFromUnix,uint64 validUntilUnix,uint256 nonce,
    /// uint64 deadlineUnix)`, by ECDSA or EIP-1271, with nonce = `nonces(walletOf(participant))`
    function grantFor(
        uint64 asked,
        Terms calldata terms,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint64 consent);

    /// @notice Says no to a request. Only the participant's member.
    function reject(uint64 consent) external;

    /// @notice Says no by the member's signature: EIP-712 `Rejection(uint64 consent,uint64 deadlineUnix)`. Anyone.
    /// @dev No nonce, as in `revokeFor`: a number is rejected or revoked once, for ever, so neither signature can be
    /// used twice, and none that the member gave before or after can spoil it.
    function rejectFor(uint64 consent, uint64 deadline, bytes calldata signature) external;

    /// @notice Takes a consent back, from this block on. Only the participant's member, with the wallet of today.
    function revoke(uint64 consent) external;

    /// @notice Takes a consent back by the member's signature: EIP-712 `Revocation(uint64 consent,uint64 deadlineUnix)`.
    /// Anyone.
    function revokeFor(uint64 consent, uint64 deadline, bytes calldata signature) external;

    /// @notice Withdraws a request or gives a consent up. Only its grantee.
    function terminate(uint64 consent) external;

    /// @notice Seconds between the beginning or now and the end of a consent, at most: three years. Who was not asked
    /// for so long no longer consents knowingly; and so much history covers any study of a meter.
    function MAX_PERIOD() external view returns (uint64);

    /// @notice Seconds in which a request can be answered, and in which it is not made again: thirty days.
    function REQUEST_LIFE() external view returns (uint64);

    /// @notice Reads a day without the member present, at most: four.
    function MAX_READS_PER_DAY() external view returns (uint8);

    /// @notice Numbers that `consentsOf` gives at once, at most: a hundred.
    function MAX_PAGE() external view returns (uint256);

    /// @notice The member registry, fixed at deployment.
    function registry() external view returns (IMemberRegistry);

    /// @notice Number of consents asked for or given; they are numbered from 1.
    function consentCount() external view returns (uint64);

    /// @notice Whether reads are allowed at `time` (Unix seconds), as far as is known now: false from the second of a
    /// revocation on, for an unknown consent and for one not given. For the past the answer is final.
    function isValid(uint64 consent, uint64 time) external view returns (bool);

    /// @notice Where a consent stands now; None for an unknown one.
    function stateOf(uint64 consent) external view returns (State);

    /// @notice A consent as it stands now; reverts for an unknown one.
    function consentInfo(uint64 consent) external view returns (Consent memory);

    /// @notice Unix second at which a consent ends or ended, exclusive, as far as is known now: time, ownership,
    /// rejection, revocation and termination; a request's last second to be answered before. Reverts for an unknown one.
    function endOf(uint64 consent) external view returns (uint64);

    /// @notice Numbers of a participant's consents and requests, oldest first.
    /// @param cursor how many to pass over
    /// @param count how many at most; more than `MAX_PAGE` count as that
    /// @return consents numbers
    /// @return total how many there are
    function consentsOf(
        uint32 participant,
        uint256 cursor,
        uint256 count
    ) external view returns (uint64[] memory consents, uint256 total);
}
