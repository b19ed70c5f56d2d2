"""Enrolments made of a gateway's code and what the operator knows of the metering point."""

from __future__ import annotations

import secrets
from typing import Final

from wattcommons.chain.enrolment import Enrolment
from wattcommons.chain.enrolment_code import parse_code
from wattcommons.chain.enrolment_reads import closing_of_gate, new_enrolment, new_rotation
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, Source
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.operator import EnrolmentOfCode
from wattcommons.services.api.new_records import point_draft
from wattcommons.services.api.problems import invalid
from wattcommons.services.store.app.private import Draft

_POINT_FIELDS: Final = ("member", "basis", "import_w", "export_w")
_SALT_BYTES: Final = 32


def new_of_code(ctx: Context, given: EnrolmentOfCode) -> tuple[Enrolment, Draft | None]:
    """The enrolment, or the rotation of a code that names a participant; and the draft of the point's record.

    Raises ApiProblem for missing and needless fields, RuleError for what the registry would refuse.
    """
    code = parse_code(given.code.strip())
    source = Source[given.source.upper()]
    deadline = closing_of_gate(ctx.contracts, given.from_interval)
    present = [name for name in (*_POINT_FIELDS, "point") if getattr(given, name) is not None]
    if code.participant is not None:
        if present:
            raise invalid(present[0], "the code replaces the key of a metering point that is enrolled", "leave it out")
        return new_rotation(ctx.contracts, code, source, given.from_interval, deadline), None
    if given.member is None or given.basis is None or given.import_w is None or given.export_w is None:
        missing = next(name for name in _POINT_FIELDS if name not in present)
        raise invalid(missing, "a new metering point needs it", f"give {', '.join(_POINT_FIELDS)}")
    point = None if given.point is None else point_draft(given.point, int(ctx.clock()))
    commitment = secrets.token_bytes(_SALT_BYTES) if point is None else bytes.fromhex(point.commitment[2:])
    terms = EnrolmentTerms(
        given.member,
        Basis[given.basis.upper()],
        source,
        given.import_w,
        given.export_w,
        code.gateway,
        given.from_interval,
        commitment,
        deadline,
    )
    return new_enrolment(ctx.contracts, code, terms), point
