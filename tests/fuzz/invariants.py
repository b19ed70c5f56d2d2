"""The numbered invariants of the contracts; the list of contracts/README.md, section Invariants, sentence by sentence.

Kinds: effect (what an action does), no side effect (what it leaves alone), liveness (what can always be done);
consents, corrections and export groups have their own.
"""

from __future__ import annotations

from typing import Final

EFFECT: Final = {
    1: "In every settled interval the Wh sold, the Wh bought and the matched Wh are equal, and price, "
    "matched Wh, flags and fills are those of the reference clearing.",
    2: "Every reading settled once is used up once: production = own use + sold + to the grid, and "
    "consumption = own use + bought + from the grid.",
    3: "The euro held by the market are at all times the sum of all participants' balances, debts included, of "
    "the grid's and the network's, and of what intervals settled in part have yet to book.",
    4: "The supply of euro is what was minted less what was burned, and lies in members' wallets and the "
    "market, nowhere else.",
    5: "A participant's balance is what was paid in, less what was paid out, plus the legs of its settled "
    "intervals and late readings and the differences of corrections, to the n€.",
    6: "Of every certificate, issued Wh = held + waiting in a claim + in groups + cancelled + withdrawn; expiry "
    "follows from time and moves nothing.",
    7: "A device has at most one certificate an interval, issued once, of exactly the production of its settled "
    "reading, measured or corrected; only later corrections add to it.",
    8: "Points exist only as awards, one a participant and period, and the sum of all balances is the sum of "
    "the awards.",
    9: "Roster, gateway, limits, suspension, silence, eligibility, device, order and tariff are functions of "
    "the interval: a change counts from the interval it names, first open or later, and for none before.",
}
NO_SIDE_EFFECT: Final = {
    10: "A refused transaction changes nothing.",
    11: "From the freeze on, roster, suspension, eligibility, readings in time, orders and tariff of an "
    "interval never change; readings, once settled, by corrections only.",
    12: "Outcome, fills and certificates of a settled interval never change through it being advanced or "
    "settled late again.",
    13: "A recorded reading is never overwritten by a gateway: the same one is a no-op, a differing one is "
    "reported and ignored.",
    14: "A wrong proposal never passes and never touches what the right one has reached.",
    15: "A bad run or order in a batch has no effect but its event, and hinders no other one.",
    16: "An account without the role has no effect by any function that is reserved to one.",
}
LIVENESS: Final = {
    17: "An interval is due when all who are waited for have reported, or at its deadline, and never before its end.",
    18: "Anyone with the right proposal brings every due interval to its end, in chunks of any size, by any "
    "callers, in any order, whatever else is done between the chunks.",
    19: "No balance, wallet, closed account, device or wrong proposal stops a settlement.",
    20: "A late reading of a final interval can be settled by anyone, against the grid, once.",
}
CONSENTS: Final = {
    21: "A consent is valid from when it was given, and not before its `validFrom`, until the first of its "
    "`validUntil`, the end of the ownership, its revocation and its termination, and never again.",
    22: "Nobody but the member's wallet of the day gives, rejects or takes back a consent, by transaction or "
    "signature; nobody but its grantee gives one up.",
    23: "A third party asks a participant for a granularity once in thirty days, and a request is over by then.",
    24: "The member's wallet of the day can take back every valid consent at any moment, with its number alone, "
    "whatever else was signed.",
}
CORRECTIONS: Final = {
    25: "Of every device, Wh issued, less those withdrawn for corrections and for its debt, less the debt, are the "
    "production of its settled readings that earn certificates, as corrected.",
    26: "No correction changes what anybody but the producer holds, what was cancelled, the outcome of an interval, "
    "or another participant's balance.",
    27: "Only the metering operator corrects, only what is settled, within the window, and every reading that stood "
    "there before stays readable in its order.",
}
EXPORTS: Final = {
    28: "A Wh lies in at most one group: of every certificate, what the exports contract holds is the sum of what lies "
    "in the groups, exported ones included.",
    29: "A group's Wh are the sum of what lies in it, of one device and never more than 1,000,000, and exactly "
    "1,000,000 when it is complete or exported.",
    30: "An exported group never changes again, nor what lies in it; its national reference is no other group's.",
    31: "Only the group's member, by its wallet of the day, puts Wh into a group, its own; what is taken out, by it or "
    "by the issuing body, goes to its wallet of the day; nothing done to a group changes what anybody else holds.",
}
INVARIANTS: Final = EFFECT | NO_SIDE_EFFECT | LIVENESS | CONSENTS | CORRECTIONS | EXPORTS
