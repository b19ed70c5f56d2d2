"""The address under which a wallet reaches the node in its member's name.

A wallet asks by a connection of its own, without cookie or header, so its address holds a token. The token follows from
the session's, the same one as long as the session lasts, so that the wallet need not be told again and again. It opens
the node and nothing else: it is kept under a name with a zero byte, with which no header and no cookie is accepted.
"""

from __future__ import annotations

import base64
import hashlib


def node_token(session_token: str) -> str:
    """The token of a session's wallet; 43 characters. Nobody gets from it to the session's own."""
    digest = hashlib.sha256(b"watt node\0" + session_token.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def kept_as(token: str) -> str:
    """What is kept of a wallet's token in the place of a session's."""
    return f"{token}\0node"
