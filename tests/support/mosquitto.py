"""A real Mosquitto for tests: started on a free port, stopped, and started again on the same one.

with mosquitto(tmp_path) as broker: ...
with mosquitto(tmp_path, users={"gateway": "secret"}) as broker: ...
with mosquitto(tmp_path, tls=make_authority(tmp_path / "ca")) as broker: ...
"""

from __future__ import annotations

import contextlib
import datetime
import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.ports import free_port

_START_S = 10.0


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own and a certificate it signed for localhost and 127.0.0.1; PEM files."""

    ca: Path
    certificate: Path
    key: Path


class Mosquitto:
    """One broker in a folder. It keeps sessions and retained messages over `stop` and `start`."""

    def __init__(
        self, folder: Path, *, users: Mapping[str, str] | None = None, tls: Authority | None = None, extra: str = ""
    ) -> None:
        self._program = _found("mosquitto")
        self.folder = folder / "mosquitto"
        self.folder.mkdir(parents=True)
        self.host, self.port = "127.0.0.1", free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines = [
            f"listener {self.port} {self.host}",
            f"user {getpass.getuser()}",
            "persistence true",
            f"persistence_location {self.folder}/",
            "log_type error",
            "log_type warning",
            extra,
        ]
        if users is None:
            self._lines.append("allow_anonymous true")
        else:
            self._lines += ["allow_anonymous false", f"password_file {self._passwords(users)}"]
        if tls is not None:
            self._lines += [f"certfile {tls.certificate}", f"keyfile {tls.key}"]

    def start(self) -> None:
        """Returns when the broker takes connections."""
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", str(config)], stdout=log, stderr=log)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return
            time.sleep(0.02)
        self.stop()
        pytest.fail(f"mosquitto did not start:\n{(self.folder / 'log').read_text(encoding='utf-8')}")

    def stop(self) -> None:
        """Ends the broker; it writes down what it holds."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    def _passwords(self, users: Mapping[str, str]) -> Path:
        path = self.folder / "passwords"
        path.write_text("".join(f"{user}:{password}\n" for user, password in users.items()), encoding="utf-8")
        path.chmod(0o600)
        subprocess.run([_found("mosquitto_passwd"), "-U", str(path)], check=True, capture_output=True)
        return path


@contextlib.contextmanager
def mosquitto(
    folder: Path, *, users: Mapping[str, str] | None = None, tls: Authority | None = None, extra: str = ""
) -> Iterator[Mosquitto]:
    """A running broker. `extra`: more lines for its configuration."""
    broker = Mosquitto(folder, users=users, tls=tls, extra=extra)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Publisher:
    """Another client at the broker: writes as meters do, and remembers what it reads."""

    def __init__(self, broker: Mosquitto, user: str | None = None, password: str | None = None) -> None:
        self.received: dict[str, bytes] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        if user is not None:
            self._client.username_pw_set(user, password)
        self._client.on_message = self._take
        self._client.connect(broker.host, broker.port)

    def __enter__(self) -> Self:
        self._client.loop_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: str | bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Returns when the broker has it."""
        self._client.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(10)

    def listen(self, topic: str) -> None:
        """Keeps the last payload of each topic that matches, in `received`."""
        self._client.subscribe(topic, qos=1)

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.received[message.topic] = bytes(message.payload)


def make_authority(folder: Path) -> Authority:
    """A fresh authority and a broker's certificate."""
    folder.mkdir(parents=True)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of the tests")])
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    certificate = (
        _certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), ca_name, key.public_key())
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    made = Authority(folder / "ca.pem", folder / "broker.pem", folder / "broker.key")
    made.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if path is None:
        pytest.fail(f"{program} was not found: apt-get install mosquitto")
    return path
