"""An MQTT broker: how to reach it, and what its refusals mean."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import SecretStr

from wattcommons.errors import SettingsError, SourceLost

ONLINE: Final = "online"
OFFLINE: Final = "offline"
CONNECT_S: Final = 5.0
"""How long one attempt to connect may take."""


@dataclass(frozen=True, slots=True)
class MqttBroker:
    """Where a broker is and who we are there.

    `tls`: encrypted, the broker's certificate checked against `ca_file` (PEM), or the system's authorities if None.
    `client_id`: the broker keeps our messages under it while we are away, so it is the same at every start and no
    other client's. `will_topic`: says `online`, and `offline` when we are gone, whichever way; both retained.
    """

    host: str
    port: int
    client_id: str
    will_topic: str
    user: str | None = None
    password: SecretStr | None = None
    tls: bool = False
    ca_file: Path | None = None
    keepalive_s: int = 60

    def __post_init__(self) -> None:
        if not self.host:
            raise SettingsError("a name or an address is needed", setting="host")
        if not 0 < self.port < 65_536:
            raise SettingsError(f"{self.port} is no port", "1883, or 8883 with TLS", setting="port")
        if not self.client_id:
            raise SettingsError("a name is needed, that stays the same", setting="client_id")
        if not self.will_topic or {"+", "#"} & set(self.will_topic):
            raise SettingsError(f"{self.will_topic!r} is no topic to write to", setting="will_topic")
        if not 5 <= self.keepalive_s <= 3_600:
            raise SettingsError(f"{self.keepalive_s} s is not between 5 and 3600", setting="keepalive_s")
        if self.password is not None and self.user is None:
            raise SettingsError("a password without a user", setting="user")

    @property
    def place(self) -> str:
        """Address for messages to people; without user and password."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def new_client(broker: MqttBroker, *, keep_session: bool) -> Client:
    """A client that is not connected yet, with its last will set.

    `keep_session`: the broker keeps what is sent at QoS 1 while we are away, and messages are acknowledged by hand.
    Raises SourceLost when the file of authorities cannot be used.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id,
        clean_session=not keep_session,
        protocol=MQTTv311,
        manual_ack=keep_session,
    )
    client.connect_timeout = CONNECT_S
    if broker.user is not None:
        client.username_pw_set(broker.user, None if broker.password is None else broker.password.get_secret_value())
    if broker.tls:
        try:
            client.tls_set_context(ssl.create_default_context(cafile=broker.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise SourceLost(
                f"{broker.place}: the certificates in {broker.ca_file} cannot be read ({type(error).__name__})",
                "give the PEM file of the authority that signed the broker's certificate",
            ) from None
    client.will_set(broker.will_topic, OFFLINE, qos=1, retain=True)
    return client


def unreachable(broker: MqttBroker, error: OSError) -> SourceLost:
    """What a failed attempt to connect means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = f"its TLS certificate is not to be trusted: {error.verify_message}"
        hint = "check `host` and `ca_file`"
    elif isinstance(error, ssl.SSLError):
        reason, hint = f"no TLS connection ({error.reason or 'no reason given'})", "check the port, and `tls`"
    elif isinstance(error, ConnectionResetError):
        reason, hint = "it breaks the connection off", "check the port, and `tls`"
    elif isinstance(error, socket.gaierror):
        reason, hint = "there is no such host", "check `host`"
    elif isinstance(error, ConnectionRefusedError):
        reason, hint = "nothing listens there", "is the broker running?"
    elif isinstance(error, TimeoutError):
        reason, hint = f"no answer within {CONNECT_S:g} s", "check the network, and `tls`"
    else:
        reason, hint = error.strerror or type(error).__name__, "check the network"
    return SourceLost(f"{broker.place}: {reason}", hint)


def refused(broker: MqttBroker, reason: ReasonCode) -> SourceLost:
    """What a broker's refusal of our name or password means."""
    if reason.value in _NAMES_REFUSED:
        who = "without a user" if broker.user is None else f"user {broker.user}"
        return SourceLost(f"{broker.place}: the broker refuses us, {who}: {reason}", "check user and password")
    return SourceLost(f"{broker.place}: the broker refuses us: {reason}", "see the broker's log")


_NAMES_REFUSED: Final = {134, 135}  # MQTT 5.0, table 2-6: bad user name or password, not authorized
