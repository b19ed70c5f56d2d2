"""The proof file of a certificate: what `watt verify` and the page Verify check without us and without a node.

It holds what all neighbours traded in the interval, and the words of storage in which their readings lie beside the
producer's: nothing of it can be left out without breaking the proof. So it is made for auditors and the issuing body,
who may see both; the producer and the holders get the provenance document, which withholds the neighbours' part.
"""

from __future__ import annotations

import threading
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from wattcommons.errors import DeploymentError, InputError
from wattcommons.services.api.dependencies import AUDITOR, Ctx, Visitor, require_role
from wattcommons.services.api.downloads import attached
from wattcommons.services.api.problems import ApiProblem, not_found, not_yours
from wattcommons.services.store.reads import certificates

JSON: Final = "application/json"
_SEES: Final = (AUDITOR, "issuing_body")
_WAIT_S: Final = 20.0

Reader = Annotated[Visitor, Depends(require_role(*_SEES))]
Number = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, description="device · 2^32 + interval")]


def router() -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["certificates"])
    turn = threading.Lock()

    @routes.get(
        "/v1/certificates/{id}/proof",
        response_class=Response,
        responses={200: {"content": {JSON: {}}, "description": "The proof file"}},
    )
    def proof(ctx: Ctx, _: Reader, number: Number) -> Response:
        """The proof file of a certificate as of the newest block, for auditors and the issuing body.

        It is made anew from the node, one at a time: it takes many questions.
        """
        if ctx.prover is None:
            raise not_found("this server makes no proof files")
        with ctx.store.read() as snapshot:
            known = certificates.certificate(snapshot, number)
        if known is None:
            raise not_yours()
        if not turn.acquire(timeout=_WAIT_S):
            raise ApiProblem(503, "busy", "other proof files are being made", "try again soon", retry_s=10)
        try:
            data = ctx.prover(number)
        except (InputError, DeploymentError) as error:
            raise ApiProblem(
                503, "incomplete", "the node's records do not make a proof at the moment", "try again soon", retry_s=30
            ) from error
        finally:
            turn.release()
        return attached(data, f"proof-{number}.json", JSON)

    return routes
