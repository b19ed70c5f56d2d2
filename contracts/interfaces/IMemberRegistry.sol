// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";

/// @title Members, participants (metering points) and production devices of one community
/// @notice Everything a recording or a clearing reads here is a function of the interval and changes only for
/// intervals whose gate is open. No personal data: commitments are salted hashes of records kept off chain.
/// @dev All indices start at 1; 0 means none. Power is in W (24 bits: up to 16.7 MW).
interface IMemberRegistry is IIntervalClock {
    /// @notice What stands behind a participant's signature.
    enum Source {
        None,
        Gateway,
        OperatorFile,
        Declared
    }

    /// @notice Net: production is injection and consumption is withdrawal at the grid point. Gross: all made, all used.
    enum Basis {
        Net,
        Gross
    }

    /// @notice Kinds of support a device receives (EN 16325).
    enum SupportScheme {
        None,
        FeedInTariff,
        FeedInPremium,
        Quota,
        Tax,
        Loan,
        Other
    }

    /// @notice What member and metering operator sign to enrol a metering point and its gateway.
    /// @param member member index
    /// @param basis metering basis, fixed for the participant's life
    /// @param source what stands behind the gateway key
    /// @param importW highest power drawn, W
    /// @param exportW highest power produced or injected, W
    /// @param gateway address of the key that signs the readings
    /// @param fromInterval first interval of the participant; its gate must be open
    /// @param commitment salted hash of the metering point's off-chain record
    /// @param deadline Unix second after which the signatures are void
    struct Enrolment {
        uint32 member;
        Basis basis;
        Source source;
        uint24 importW;
        uint24 exportW;
        address gateway;
        uint32 fromInterval;
        bytes32 commitment;
        uint64 deadline;
    }

    /// @notice What member and metering operator sign to replace a gateway key.
    /// @param participant participant index
    /// @param gateway the new key's address
    /// @param source what stands behind the new key
    /// @param fromInterval first interval the new key signs; the old key signs until then
    /// @param nonce number of rotations of this participant so far
    /// @param deadline Unix second after which the signatures are void
    struct Rotation {
        uint32 participant;
        address gateway;
        Source source;
        uint32 fromInterval;
        uint32 nonce;
        uint64 deadline;
    }

    /// @notice A production installation, as the issuing body registers it (RED III article 19(7), EECS codes).
    /// @param technology EECS technology code, `T` and six digits
    /// @param fuel EECS fuel code, `F` and eight digits
    /// @param capacityW nominal capacity, W
    /// @param commissionedAt Unix second of commissioning
    /// @param country ISO 3166-1 alpha-2
    /// @param scheme support received
    /// @param schemeAllows whether the scheme lets this device have certificates
    /// @param storage_ whether it is a storage device, which earns none
    /// @param validUntil Unix second at which the registration lapses; at most five calendar years ahead (UTC, day clamped)
    /// @param commitment salted hash of the off-chain record (identity, location, grid point)
    struct Device {
        bytes7 technology;
        bytes9 fuel;
        uint32 capacityW;
        uint64 commissionedAt;
        bytes2 country;
        SupportScheme scheme;
        bool schemeAllows;
        bool storage_;
        uint64 validUntil;
        bytes32 commitment;
    }

    /// @notice A participant's state at one interval.
    /// @param gateway key valid at the interval; zero when the participant is not active
    struct Epoch {
        address gateway;
        uint24 importW;
        uint24 exportW;
        Source source;
        Basis basis;
        bool suspended;
        bool silent;
    }

    event MemberRegistered(uint32 indexed member, address indexed wallet, bytes32 commitment);
    event MemberActiveSet(uint32 indexed member, bool active);
    event ReplacementProposed(uint32 indexed member, address indexed newWallet, address proposer);
    event ReplacementApproved(uint32 indexed member, address indexed newWallet, address approver, uint64 executableAt);
    event ReplacementVetoed(uint32 indexed member, address indexed newWallet);
    event WalletReplaced(uint32 indexed member, address indexed oldWallet, address indexed newWallet);
    event ParticipantEnrolled(
        uint32 indexed participant,
        uint32 indexed member,
        address indexed gateway,
        Basis basis,
        Source source,
        uint24 importW,
        uint24 exportW,
        uint32 fromInterval,
        bytes32 commitment
    );
    event GatewayRotated(uint32 indexed participant, address indexed gateway, Source source, uint32 fromInterval);
    event LimitsSet(uint32 indexed participant, uint24 importW, uint24 exportW, uint32 fromInterval);
    event SuspensionSet(uint32 indexed participant, bool suspended, uint32 fromInterval);
    event ParticipantClosed(uint32 indexed participant, uint32 untilInterval);
    event SilenceSet(uint32 indexed participant, bool silent, uint32 fromInterval);
    event DeviceRegistered(uint32 indexed device, Device terms);
    event DeviceBound(uint32 indexed device, uint32 indexed participant, uint32 fromInterval);
    event DeviceIssuableSet(
        uint32 indexed device,
        bool schemeAllows,
        bool suspended,
        uint64 validUntil,
        uint32 fromInterval
    );

    error RegistryMemberUnknown(uint32 member);
    error RegistryMemberInactive(uint32 member);
    error RegistryParticipantUnknown(uint32 participant);
    error RegistryDeviceUnknown(uint32 device);
    /// @notice The wallet is, or once was, the wallet of `member`.
    error RegistryWalletTaken(address wallet, uint32 member);
    error RegistryAddressZero();
    /// @notice The signature is not by the account that must sign.
    error RegistrySignatureInvalid(address expectedSigner);
    /// @notice This enrolment has been carried out already.
    error RegistryEnrolmentUsed(bytes32 digest);
    /// @notice The countersigner does not hold the metering operator's role.
    error RegistryNotMeteringOperator(address account);
    error RegistrySignatureExpired(uint64 deadline);
    error RegistrySourceInvalid();
    error RegistryRotationNonce(uint32 participant, uint32 expected, uint32 given);
    /// @notice The participant's life ends at `untilInterval`, at or before the date asked for.
    error RegistryParticipantClosed(uint32 participant, uint32 untilInterval);
    error RegistryParticipantNotYetActive(uint32 participant, uint32 fromInterval);
    error RegistryParticipantHasDevice(uint32 participant, uint32 device);
    error RegistryDeviceCodeInvalid(bytes9 code);
    /// @notice The registration would lapse in the past, or later than `latest`.
    error RegistryDeviceValidity(uint64 validUntil, uint64 latest);
    error RegistryReplacementNone(uint32 member);
    error RegistryReplacementNotApproved(uint32 member);
    error RegistryReplacementAlreadyApproved(uint32 member);
    error RegistryReplacementTooEarly(uint32 member, uint64 executableAt);
    /// @notice The account has acted already, or acts in the other party's role: another one must confirm.
    error RegistrySecondApproverNeeded(address account);
    error RegistryNotMember(uint32 member, address account);
    error RegistryOnlyLedger(address caller);
    error RegistryFull(uint256 limit);

    // ------------------------------------------------------------------ members

    /// @notice Registers a wallet as a member. Role: operator.
    function registerMember(address wallet, bytes32 commitment) external returns (uint32 member);

    /// @notice Opens or closes a member's account: a closed one receives no certificates or points. Role: operator.
    function setMemberActive(uint32 member, bool active) external;

    /// @notice Proposes a new wallet for a member who lost the key; an earlier proposal and its approval are void.
    /// Role: operator.
    function proposeReplacement(uint32 member, address newWallet) external;

    /// @notice Second approval, by another account than the proposer; `replacementDelay` counts from here.
    /// Role: recovery approver.
    /// @param newWallet the proposal that is approved, so that a changed one is not approved unseen
    function approveReplacement(uint32 member, address newWallet) external;

    /// @notice The old key says no, at any time before execution.
    function vetoReplacement(uint32 member) external;

    /// @notice Executes an approved replacement after its delay. Anyone. The old wallet stays the member's for ever
    /// in history (`successorOf`) and can never be registered again.
    function executeReplacement(uint32 member) external;

    // ------------------------------------------------------------------ participants

    /// @notice Enrols a metering point. Role: operator; both signatures needed, so no operator enrols a gateway alone:
    /// the countersigner is neither the caller, nor an operator, nor the member.
    /// @param memberSignature EIP-712 `Enrolment` by the member's wallet (EIP-1271 accepted)
    /// @param meteringOperator account holding the metering operator's role
    /// @param meteringSignature EIP-712 `Enrolment` by that account
    function enrol(
        Enrolment calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external returns (uint32 participant);

    /// @notice Closes `participant` at `terms.fromInterval` and enrols the new owner from there; its device moves along
    /// unless the issuing body has dated another binding of it. Role: operator.
    function handOver(
        uint32 participant,
        Enrolment calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external returns (uint32 successor);

    /// @notice Replaces a gateway key from an interval on, in what was dated later too. Anyone with both signatures.
    function rotateGateway(
        Rotation calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external;

    /// @notice Changes the plausibility limits from an interval on. Role: metering operator.
    function setLimits(uint32 participant, uint24 importW, uint24 exportW, uint32 fromInterval) external;

    /// @notice Suspends or resumes trading from the first open interval, or the participant's first if that is later.
    /// Nothing happens when it is so already. Role: operator.
    function setSuspended(uint32 participant, bool suspended) external;

    /// @notice Ends a participant: `untilInterval` is its first interval no longer active. May be brought forward while
    /// the earlier date is open, never put off. Its device is unbound from there. Role: operator.
    function close(uint32 participant, uint32 untilInterval) external;

    /// @notice Stops (or resumes) waiting for a participant from the first open interval. Only the meter ledger.
    /// Nothing happens when it is so already or the participant has ended, so that no recording fails over it.
    function setSilent(uint32 participant, bool silent) external;

    // ------------------------------------------------------------------ devices

    /// @notice Registers a production device. Role: issuing body.
    function registerDevice(Device calldata terms) external returns (uint32 device);

    /// @notice Binds a device to a participant from an interval on, taking it from the one before (and replacing
    /// bindings dated later). Participant 0 unbinds. Role: issuing body.
    /// @dev A device's holder is one function of the interval, so no interval of a device has two participants.
    function bindDevice(uint32 device, uint32 participant, uint32 fromInterval) external;

    /// @notice Sets whether a device may have certificates, from the first open interval. Role: issuing body.
    function setDeviceIssuable(uint32 device, bool schemeAllows, bool suspended, uint64 validUntil) external;

    // ------------------------------------------------------------------ views

    /// @notice The meter ledger of this community, fixed at deployment.
    function ledger() external view returns (address);

    /// @notice Seconds between the approval of a key replacement and its execution, fixed at deployment.
    function replacementDelay() external view returns (uint64);

    function memberCount() external view returns (uint32);
    function participantCount() external view returns (uint32);
    function deviceCount() external view returns (uint32);

    /// @notice Wallet and state of a member.
    function memberInfo(uint32 member) external view returns (address wallet, bool active, bytes32 commitment);

    /// @notice The proposed replacement of a member's wallet; zeros when there is none.
    /// @return newWallet the wallet proposed
    /// @return proposer the operator's account that proposed it
    /// @return executableAt Unix second from which it can be executed; 0 until approved
    function pendingReplacement(
        uint32 member
    ) external view returns (address newWallet, address proposer, uint64 executableAt);

    /// @notice Member index of a wallet, 0 if none (a replaced wallet has none).
    function memberOfWallet(address wallet) external view returns (uint32);

    /// @notice True for the wallet of an active member: only these hold certificates.
    function isAccountHolder(address account) external view returns (bool);

    /// @notice The wallet that took over from `account` after a key replacement; zero if none.
    function successorOf(address account) external view returns (address);

    /// @notice Member of a participant and [from, until) of its life; `until` is the highest uint32 while open.
    function participantInfo(
        uint32 participant
    )
        external
        view
        returns (uint32 member, uint32 fromInterval, uint32 untilInterval, uint32 rotations, bytes32 commitment);

    /// @notice Wallet of the participant's member; zero for an unknown participant.
    function walletOf(uint32 participant) external view returns (address);

    /// @notice State of a participant at an interval.
    function epochAt(uint32 participant, uint32 interval) external view returns (Epoch memory);

    /// @notice Packed state at an interval and where the next begins; see `libraries/PackedEpoch.sol`.
    function epochSegment(uint32 participant, uint32 interval) external view returns (uint224 packed, uint32 until);

    /// @notice Participants are grouped in words of 224 by index: word = (index - 1) / 224, bit = (index - 1) % 224.
    function rosterWordCount() external view returns (uint256);

    /// @notice Who is active in an interval, and who of them is suspended, for one word of participants.
    function rosterWord(uint32 interval, uint256 word) external view returns (uint224 active, uint224 suspended);

    /// @notice Number of active participants in an interval.
    function rosterCount(uint32 interval) external view returns (uint256);

    /// @notice Number of active participants whose readings a clearing waits for in an interval.
    function waitedCount(uint32 interval) external view returns (uint256);

    /// @notice A device's terms as last set.
    function deviceInfo(uint32 device) external view returns (Device memory);

    /// @notice Device of a participant at an interval, 0 if none.
    function deviceAt(uint32 participant, uint32 interval) external view returns (uint32);

    /// @notice All that issuing needs to know of a participant at an interval.
    /// @return device bound device, 0 if none
    /// @return issuable registered, valid at the interval's end, not suspended, not storage, scheme allows
    /// @return wallet the member's wallet now
    /// @return holder whether that wallet may hold certificates now
    function issuanceAt(
        uint32 participant,
        uint32 interval
    ) external view returns (uint32 device, bool issuable, address wallet, bool holder);
}
