"""`watt demo` in English."""

from __future__ import annotations

from typing import Final

from wattcommons.cli.texts.demo_text import DemoText
from wattcommons.services.audit import checks

ENGLISH: Final = DemoText(
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date="{day} {month} {year}",
    day="{day} {month}",
    time="{date}, {start} to {end}",
    title="Watt Commons: a village shares its electricity",
    intro=(
        "The village is invented. Everything else is real and happens now, on a chain of its own on this machine: "
        "boxes beside the meters sign what they read, contracts keep the readings, find the local price, settle "
        "the accounts and issue certificates."
    ),
    building="building the village",
    steps={
        "members registered": "members join",
        "meters enrolled": "meters enrolled",
        "devices registered": "roofs and the mill registered",
        "standing orders placed": "bids placed",
        "prices scheduled": "the grid's prices",
        "earlier days": "the month's earlier days",
        "market days": "days of the market",
        "attempts to cheat": "attempts to cheat",
        "adding up": "adding up",
        "auditing": "auditing the book",
    },
    village_title="1  A village and its energy",
    village=(
        "{name}, a village like Prats-de-Mollo: a mill on the stream, a spa, {roofs} homes with solar roofs and "
        "{flats} flats. From {first} to {last}, every {minutes} minutes:"
    ),
    made="made in the village",
    used="used in the village",
    own_use="  used by whoever made it",
    neighbours="  from neighbour to neighbour",
    grid_in="  bought from the grid",
    grid_out="sold to the grid",
    local_share="{percent} of what the village used was made in the village.",
    prices=(
        "The local price went from {low} to {high}. Meanwhile the grid asked {retail_low} to {retail_high} and paid "
        "{feed_low} to {feed_high}."
    ),
    bar_own="own",
    bar_neighbours="neighbours",
    bar_grid="grid",
    homes_title="2  Two homes",
    flat="{name} has no panels. In {days} days it used {kwh}:",
    supplier="from",
    share="share",
    grid="the grid",
    flat_paid="it paid",
    flat_alone="from the grid alone",
    flat_saved="saved",
    flat_bill="{total}: neighbours {neighbours}, network {fees}, grid {grid}",
    saved_month="{saved} in these days, {month} a month at this pace",
    roof=(
        "{name} made {made}, used {own} itself and sold {sold} to its neighbours for {received}. The grid would have "
        "paid {feed_in} for it."
    ),
    roof_gain="{gain} more than the feed-in price in {days} days; {month} a month at this pace.",
    refusals_title="3  Four attempts to cheat",
    refusals="Each was really sent to the contracts just now. None had an effect.",
    operator_try="The operator makes the last day of {name} {wanted} instead of {true}, and signs it.",
    operator_refused="Only the box beside that meter can sign its readings.",
    keeper_try="Whoever computes the local price proposes {wanted} instead of {right}.",
    keeper_refused="The contract recomputes it from bids and meters: one price is right, no other is accepted.",
    stranger_try="A stranger makes €1,000 out of nothing, then a certificate.",
    stranger_refused="Euros come from the treasurer's deposits alone, certificates from metered production alone.",
    gateway_try="A box sends a day's signed readings again, then dates them {minutes} minutes later.",
    gateway_refused="A reading counts once, and its signature covers the meter, the times and the values.",
    contract_said="the contract's own words: {error}",
    certificate_title="4  One certificate, back to its signature",
    certificate="Certificate {number}",
    certificate_steps={
        "produced": "produced",
        "device": "by",
        "reading": "reading",
        "signature": "signature",
        "price": "local price",
        "sold": "neighbours",
        "became": "became",
        "until": "good until",
    },
    reading_line="{made} made, {used} used in that half-hour",
    signature_line="right: recovered {signer}, the key of that box ({readings} readings signed at once)",
    signature_broken="WRONG: recovered {signer}",
    price_line="{price}, recomputed from {buyers} bids and found the same",
    sold_to="{name} {kwh}",
    nobody="nothing sold to neighbours",
    became_line="{own} used at home and {sold} sold, both used up at once; {held} to the grid, held by {name}",
    until_line="may be passed on until {transfer}, used until {cancel}",
    coach_title="5  A month with the Green Coach",
    coach=(
        "Before {month} began, each home's target was fixed: 10 % below what its own past and a normal month's "
        "weather let expect. The month's earlier days arrived a day at a time, each day under one signature. "
        "Contracts judged it from the readings:"
    ),
    coach_columns=("home", ">expected", ">target", ">used", "result", ">points"),
    award="target met",
    miss="missed",
    other_outcome="not judged",
    redeemed=(
        "{name} spent {price} points on an entry to the spa. The spa took voucher {voucher}, which is good once; "
        "{left} points are left."
    ),
    audit_title="6  The whole book, audited",
    audit="Recomputed from the chain's raw records by rules that anyone can run, trusting nobody:",
    checks={
        checks.SETTINGS: "settings are those of the contracts",
        checks.REGISTRY: "members and meters are those of the registry",
        checks.DATES: "changes reached only what had not begun",
        checks.SIGNATURES: "readings are signed by the box that was valid then",
        checks.READINGS: "readings are plausible and unaltered",
        checks.FREEZES: "each half-hour was closed complete, or after its wait",
        checks.CLEARINGS: "local prices follow from bids and meters",
        checks.FILLS: "each home's part follows, as published",
        checks.COVERAGE: "every half-hour is settled",
        checks.ACCOUNTS: "accounts follow from deposits and settlements",
        checks.EURO: "euros in circulation equal the accounts",
        checks.ISSUES: "certificates follow from settled readings, each once",
        checks.CERTIFICATES: "certificates held follow from their history",
        checks.CORRECTIONS: "corrections follow from readings, trades and prices",
        checks.EXPORTS: "groups of 1 MWh hold what went into them",
        checks.CONSERVATION: "issued = held + used + expired + withdrawn + exported",
        checks.POINTS: "points follow from targets and readings",
        checks.VOUCHERS: "points held follow from awards and vouchers",
        checks.CONSENTS: "consents follow from what was asked, given and ended",
        checks.ACCOUNTED: "every recorded Wh is accounted for once",
        checks.EXPLAINED: "every record of the chain is explained",
    },
    audit_holds="The book holds: {count} entries recomputed.",
    audit_broken="The book does NOT hold:",
    not_proved="What this does not prove:",
    not_proved_items=(
        "that the meters are honest: a signature proves which box spoke, not what flowed",
        "that validators sealed the blocks: this development chain has none, a community's has several",
        "that the code of the contracts is the published one: compare what created them",
        "who signed bids, enrolments and withdrawals: the contracts checked that when they arrived",
        "that a correction is true: the metering operator made it under its own name, no box signed it",
        "that each pause for lack of credit was due: it is taken from the records",
    ),
    own_title="7  With your own readings",
    own="The same, on a file of your meters:",
    own_columns="Its columns: meter_id, interval_start_utc, interval_minutes, consumption_wh, production_wh.",
    own_more="To set prices, members and roles:",
    done="{readings} readings under {signatures} signatures, {intervals} half-hours settled, {seconds} s.",
    morning="on to the second morning of May",
    serving="The village lives on: a half-hour passes in {seconds}. Its pages:",
    serving_how=(
        "Choose “Sign in”, then one of the demo wallets: a flat, a roof, the operator. Everybody knows their keys, so "
        "what they do here is play."
    ),
    serving_end="Ctrl-C ends it.",
    stopped="The village has stopped. Nothing is left running.",
)
