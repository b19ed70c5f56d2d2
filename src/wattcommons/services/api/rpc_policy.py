"""Who may ask the node what, through the proxy: tables of methods, views, transactions and events.

    everybody    what a wallet asks before it knows the chain: its number and height
    signed in    headers, the own account, own transactions; calls of the table's views; the table's logs
    readers      logs and calls of everything in the community's contracts

Nobody gets storage, proofs, traces, filters, pools or accounts. A member never gets an answer that holds another's
interval data: no log of `RunsRecorded` or `FillsSettled`, no view that gives readings or orders of others, no call data
of others' transactions. `rpc_rules.py` applies it; a test holds the names against the contracts.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

PUBLIC: Final = frozenset({"eth_chainId", "net_version", "eth_blockNumber", "web3_clientVersion"})
FREE: Final = frozenset({"eth_gasPrice", "eth_maxPriorityFeePerGas"})
"""Answered with 0, whatever the node thinks: nobody pays on this chain, and no wallet holds anything to pay with."""
HEADERS: Final = frozenset({"eth_feeHistory", "eth_syncing", "net_listening"})
"""Of the chain as a whole: nothing of anybody is in them."""
BLOCKS: Final = frozenset({"eth_getBlockByNumber", "eth_getBlockByHash"})
"""Headers and hashes of transactions, never the transactions."""
ACCOUNT: Final = frozenset({"eth_getTransactionCount", "eth_getBalance", "eth_getCode"})
"""Of the own wallet or one of the community's contracts."""
TRANSACTIONS: Final = frozenset({"eth_getTransactionByHash", "eth_getTransactionReceipt"})
"""Of the own wallet; receipts also of what was sent on for it. Logs that are not its own are left out."""
CALLS: Final = frozenset({"eth_call", "eth_estimateGas"})
LOGS: Final = "eth_getLogs"
SEND: Final = "eth_sendRawTransaction"
SIGNED_IN: Final = FREE | HEADERS | BLOCKS | ACCOUNT | TRANSACTIONS | CALLS | {LOGS, SEND}

READERS: Final = ("operator", "metering_operator", "issuing_body", "treasurer", "auditor")
"""Roles that may read everything in the community's contracts."""


class Of(Enum):
    """Whose a view's first argument has to be."""

    NOBODY = "nothing of anybody is in the answer"
    PARTICIPANT = "one of the own participants"
    WALLET = "the own wallet"
    CERTIFICATE = "a certificate held, made or used by the own wallet or participants"
    CONSENT = "a consent of an own participant, or one received"


_CLOCK: Final = dict.fromkeys(("intervalLength", "gateLead", "firstOpenInterval"), Of.NOBODY)
_DOMAIN: Final = {"eip712Domain": Of.NOBODY}
_TOKEN: Final = {
    **dict.fromkeys(("name", "symbol", "decimals", "totalSupply"), Of.NOBODY),
    **dict.fromkeys(("balanceOf", "allowance", "nonces"), Of.WALLET),
}

VIEWS: Final[dict[str, dict[str, Of]]] = {
    "AccessManager": {"hasRole": Of.NOBODY, "canCall": Of.NOBODY},
    "MemberRegistry": {
        **_CLOCK,
        **_DOMAIN,
        "memberOfWallet": Of.WALLET,
        "isAccountHolder": Of.NOBODY,  # whom a transfer may go to
        "walletOf": Of.PARTICIPANT,
        "participantInfo": Of.PARTICIPANT,
        "epochAt": Of.NOBODY,  # the key in force, which a certificate's provenance is checked against: no energy
        "deviceInfo": Of.NOBODY,
        "deviceAt": Of.PARTICIPANT,
    },
    "TariffSchedule": {**_CLOCK, "pricesAt": Of.NOBODY, "bandAt": Of.NOBODY, "bandInfo": Of.NOBODY},
    "OrderBook": {**_CLOCK, **_DOMAIN, "lastNonce": Of.PARTICIPANT, "orderAt": Of.PARTICIPANT},
    "MeterLedger": {**_CLOCK, **_DOMAIN, "readingOf": Of.PARTICIPANT, "readingsOf": Of.PARTICIPANT},
    "EnergyMarket": {
        **_CLOCK,
        **_DOMAIN,
        "outcomeOf": Of.NOBODY,
        "firstUncleared": Of.NOBODY,
        "kPpm": Of.NOBODY,
        "collects": Of.NOBODY,
        "fillsHash": Of.NOBODY,
        "provenFill": Of.NOBODY,  # who asks has the fills already
        "balanceOf": Of.PARTICIPANT,
        "creditLimitOf": Of.PARTICIPANT,
        "eligibleAt": Of.PARTICIPANT,
        "reserveOf": Of.PARTICIPANT,
        "withdrawalNonce": Of.PARTICIPANT,
    },
    "CommunityEuro": {**_TOKEN, **_DOMAIN, "memberTransfers": Of.NOBODY},
    "Corrections": {
        "windowSeconds": Of.NOBODY,
        "correctableUntil": Of.NOBODY,
        "earlierReadings": Of.PARTICIPANT,
    },
    "GuaranteeOfOrigin": {
        **_DOMAIN,
        "balanceOf": Of.WALLET,
        "nonces": Of.WALLET,
        "isApprovedForAll": Of.WALLET,
        "certificate": Of.CERTIFICATE,
        "stateOf": Of.CERTIFICATE,
        "uri": Of.NOBODY,
        "idOf": Of.NOBODY,
        "supportsInterface": Of.NOBODY,
    },
    "ExportGroups": {"groupSize": Of.NOBODY, "groupCount": Of.NOBODY},
    "Ecopoints": {**_TOKEN, **_DOMAIN, "offerCount": Of.NOBODY, "offerInfo": Of.NOBODY},
    "GreenCoach": {
        "periodCount": Of.PARTICIPANT,
        "targetOf": Of.PARTICIPANT,
        "evaluationOf": Of.PARTICIPANT,
        "deadlineOf": Of.PARTICIPANT,
    },
    "ConsentRegistry": {
        **_DOMAIN,
        "nonces": Of.WALLET,
        "consentsOf": Of.PARTICIPANT,
        "consentInfo": Of.CONSENT,
        "stateOf": Of.CONSENT,
        "endOf": Of.CONSENT,
        "isValid": Of.CONSENT,
        "MAX_PERIOD": Of.NOBODY,
        "REQUEST_LIFE": Of.NOBODY,
        "MAX_READS_PER_DAY": Of.NOBODY,
        "MAX_PAGE": Of.NOBODY,
    },
}
"""Contract -> view -> whose its first argument has to be, for who is no reader."""

REHEARSED: Final[dict[str, frozenset[str]]] = {
    "MemberRegistry": frozenset({"vetoReplacement", "executeReplacement", "rotateGateway"}),
    "OrderBook": frozenset({"placeOrder", "cancelOrders", "cancelOrdersFor"}),
    "EnergyMarket": frozenset({"withdraw", "withdrawFor", "deposit", "depositWithPermit"}),
    "CommunityEuro": frozenset({"transfer", "approve", "permit", "redeem"}),
    "GuaranteeOfOrigin": frozenset({"safeTransferFrom", "setApprovalForAll", "cancel", "cancelFor", "claim"}),
    "ExportGroups": frozenset({"open", "add", "release"}),
    "Ecopoints": frozenset({"redeem", "redeemFor", "closeOffer", "useVoucher", "transfer", "approve"}),
    "ConsentRegistry": frozenset(
        {"grant", "grantFor", "reject", "rejectFor", "revoke", "revokeFor", "terminate", "request"}
    ),
}
"""Transactions that a wallet may try in its own name before it sends them, beside those of roles (`chain/roles.py`)."""

_BY_PARTICIPANT: Final = ((1, Of.PARTICIPANT),)
_BY_BOTH_ENDS: Final = ((1, Of.WALLET), (2, Of.WALLET))
_BY_TOKEN_ENDS: Final = ((2, Of.WALLET), (3, Of.WALLET))
_BY_SECOND: Final = ((2, Of.PARTICIPANT), (3, Of.WALLET))

EVENTS: Final[dict[str, dict[str, tuple[tuple[int, Of], ...]]]] = {
    "OrderBook": dict.fromkeys(("OrderPlaced", "OrderCancelled", "OrderSkipped"), _BY_PARTICIPANT),
    "EnergyMarket": {
        **dict.fromkeys(
            (
                "AccountDeposited",
                "AccountWithdrawn",
                "CreditEligibilitySet",
                "CreditLow",
                "CreditLimitSet",
                "LateSettled",
            ),
            _BY_PARTICIPANT,
        ),
        "IntervalCleared": (),
        "IntervalSettled": (),
    },
    "CommunityEuro": {"Transfer": _BY_BOTH_ENDS, "Redeemed": ((2, Of.WALLET),)},
    "GuaranteeOfOrigin": {
        "Issued": _BY_SECOND,
        "IssuedMore": _BY_SECOND,
        "Claimed": _BY_SECOND,
        "TransferSingle": _BY_TOKEN_ENDS,
        "TransferBatch": _BY_TOKEN_ENDS,
        "StatementIssued": ((2, Of.WALLET),),
    },
    "ExportGroups": {"GroupAdded": ((2, Of.WALLET),), "GroupReleased": ((2, Of.WALLET),)},
    "Ecopoints": {
        "Awarded": ((1, Of.WALLET),),
        "Transfer": _BY_BOTH_ENDS,
        "OfferPublished": (),
        "OfferClosed": (),
    },
    "GreenCoach": {"TargetSet": _BY_PARTICIPANT, "Evaluated": _BY_PARTICIPANT},
    "Corrections": {"ReadingCorrected": _BY_PARTICIPANT},
    "ConsentRegistry": dict.fromkeys(
        ("ConsentRequested", "ConsentGranted", "ConsentRejected", "ConsentRevoked", "ConsentTerminated"), _BY_SECOND
    ),
}
"""Contract -> event -> topics (1 to 3) of which one has to be the own; none for what concerns everybody."""
