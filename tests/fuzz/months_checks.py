"""What holds of certificates after every act, by name and in words; the numbers are those of invariants.py."""

from __future__ import annotations

from tests.fuzz.months_checks_exports import EXPORT_CHECKS
from tests.fuzz.months_look import CANCEL_ONLY, EXPIRED, TRANSFERABLE, Look, in_hands
from wattcommons.domain.certificate_ledger import CertificateTotals
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.units import DeviceIndex


def holders_have_what_the_register_says(look: Look) -> None:
    """Every holder has of every certificate what the domain's register says; nobody else has any (I6)."""
    register = look.world.model.certificates
    assert look.after.held == {(one, str(wallet)): wh for (one, wallet), wh in register.balances().items()}


def certificates_are_as_the_register_says(look: Look) -> None:
    """Issued Wh, claims and claimants of every certificate are those of the register (I6, I7)."""
    register = look.world.model.certificates
    for one, issued in look.after.issued.items():
        assert issued == register.issued(CertificateId(one)), f"issued of {one}"
        claim = register.waiting(CertificateId(one))
        waiting = look.after.claims.get(one, (0, 0))
        assert waiting == ((claim.wh, claim.claimant) if claim else (0, 0)), f"claim of {one}"


def devices_are_as_the_register_says(look: Look) -> None:
    """Totals and debt of every device, and the number of statements, are those of the register (I6, I25)."""
    model = look.world.model
    register = model.certificates
    for device, totals in look.after.totals.items():
        mine = [CertificateId(one) for one in model.ids if one >> 32 == device]
        sums = [sum(map(count, mine)) for count in (register.issued, register.cancelled, register.withdrawn)]
        assert list(totals) == sums, f"device {device}"
        assert look.after.debts[device] == register.debt(DeviceIndex(device)), f"debt of device {device}"
    assert look.after.statements == len(register.cancellations)


def every_wh_is_somewhere(look: Look) -> None:
    """Issued = held + in groups + cancelled + expired (in wallets or groups) + withdrawn + exported, of each device and
    so in all, by the chain alone (I6).
    """
    living, expired = in_hands(look.after, look.after)
    for device, (issued, cancelled, withdrawn) in look.after.totals.items():
        exported = look.after.groups.exported[device]
        assert issued == living[device] + cancelled + expired[device] + withdrawn + exported, f"device {device}"


def sums_are_the_registers(look: Look) -> None:
    """Issued, held, cancelled, expired, withdrawn and exported Wh of all devices together are those of the register
    (I6).
    """
    living, expired = (parts.total() for parts in in_hands(look.after, look.after))
    issued, cancelled, withdrawn = (sum(column) for column in zip(*look.after.totals.values(), strict=True))
    in_all = CertificateTotals(issued, living, cancelled, expired, withdrawn, sum(look.after.groups.exported.values()))
    assert in_all.balanced and in_all == look.world.model.certificates.totals(look.world.model.now)


def a_debt_comes_first(look: Look) -> None:
    """As long as a device owes Wh, nothing of it comes newly into anybody's hands, unless it has expired already."""
    before, after = (in_hands(picture, look.after)[0] for picture in (look.before, look.after))
    for device, debt in look.after.debts.items():
        assert not debt or after[device] <= before[device], f"device {device} owes {debt} Wh"


def deadlines_count_from_production(look: Look) -> None:
    """A certificate moves 12 months and is used 18 months from the end of production, whenever it was issued."""
    model = look.world.model
    for one, deadlines in look.after.deadlines.items():
        life = model.certificates.lifetime(CertificateId(one))
        assert deadlines == (life.production_end, life.transferable_until, life.cancellable_until), f"of {one}"
        late = EXPIRED if life.has_expired(model.now) else CANCEL_ONLY
        state = TRANSFERABLE if model.now < life.transferable_until else late
        assert look.after.states[one] == state, f"state of {one}"


def certificates_are_what_was_produced(look: Look) -> None:
    """Of every device, issued less withdrawn for corrections and debt, less the debt, are the production of its
    settled readings that earn certificates, as corrected (I25).
    """
    for device, (issued, _, withdrawn) in look.after.totals.items():
        corrected_away = withdrawn - look.world.model.withdrawn_by_body[device]
        made = issued - corrected_away - look.after.debts[device]
        assert made == look.produced.made[device], f"device {device}"


def nothing_for_barred_intervals(look: Look) -> None:
    """Nothing is issued for an interval in which the device was suspended, lapsed, a storage or supported."""
    for one, issued in look.after.issued.items():
        reason = look.produced.barred.get(CertificateId(one))
        assert reason is None or issued == 0, f"certificate {one}: {reason}"


def nobody_else_loses(look: Look) -> None:
    """Whatever is done, only those whom it names lose Wh; by a correction the producer, by an issue nobody (I26)."""
    for (one, wallet), wh in look.before.held.items():
        left = look.after.held.get((one, wallet), 0)
        assert left >= wh or wallet in look.losers, f"{wallet} lost {wh - left} Wh of {one}"


def what_was_used_stays_used(look: Look) -> None:
    """Cancelled Wh never become fewer, nor do issued and withdrawn ones; no statement disappears (I26)."""
    for device, totals in look.before.totals.items():
        later = look.after.totals[device]
        assert all(was <= now for was, now in zip(totals, later, strict=True)), f"device {device}: {totals} {later}"
    for one, issued in look.before.issued.items():
        assert look.after.issued.get(one, issued) >= issued, f"certificate {one}"
    assert look.before.statements <= look.after.statements


def refused_changes_nothing(look: Look) -> None:
    """A refused transaction changes nothing (I10)."""
    assert not look.refused or look.before.lasting == look.after.lasting


CHECKS = (
    *EXPORT_CHECKS,
    every_wh_is_somewhere,
    a_debt_comes_first,
    nobody_else_loses,
    what_was_used_stays_used,
    refused_changes_nothing,
    nothing_for_barred_intervals,
    certificates_are_what_was_produced,
    deadlines_count_from_production,
    sums_are_the_registers,
    holders_have_what_the_register_says,
    certificates_are_as_the_register_says,
    devices_are_as_the_register_says,
)


def check(look: Look) -> None:
    """All of them; the first that fails is told by name and in words."""
    for one in CHECKS:
        try:
            one(look)
        except AssertionError as error:
            words = " ".join((one.__doc__ or "").split())
            raise AssertionError(f"{one.__name__}: {words} {error}") from error
