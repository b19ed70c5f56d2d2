"""From a gateway's settings to its keys and its way out. Direct delivery alone loads the chain's library."""

from __future__ import annotations

from pathlib import Path

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.keystore import load_keystore
from wattcommons.chain.typed_data import domain_of
from wattcommons.errors import SettingsError
from wattcommons.services.delivery.fate import Carrier
from wattcommons.services.delivery.relay_carrier import RelayCarrier
from wattcommons.services.gateway.assembly import Desk
from wattcommons.services.gateway.config import DeliveryConfig, GatewayConfig, KeyFile, read_config
from wattcommons.services.gateway.courier import Courier, CourierRules
from wattcommons.services.gateway.keys import KeyRing

DEFAULT_CONFIG = Path("gateway.toml")


def config_of(option: Path) -> tuple[GatewayConfig, Deployment]:
    """The settings and the community they name. Raises InputError, DeploymentError."""
    config = read_config(option)
    return config, load_deployment(config.deployment)


def accounts_of(config: GatewayConfig) -> list[SigningAccount]:
    """The gateway's keys, opened. Raises InputError naming the file."""
    return [_account(key) for key in config.keys]


def key_ring(config: GatewayConfig, deployment: Deployment) -> KeyRing:
    """The gateway's keys, for signing readings of this community."""
    return KeyRing(accounts_of(config), domain_of(deployment, "MeterLedger"))


def courier_of(config: GatewayConfig, deployment: Deployment, desk: Desk, keys: KeyRing) -> Courier:
    """The way out. Raises NodeUnavailable while there is none."""
    rules = CourierRules(config.delivery.most, config.delivery.run)
    return Courier(desk.outbox, keys, carrier_of(config, deployment), rules)


def carrier_of(config: GatewayConfig, deployment: Deployment) -> Carrier:
    """A relay's carrier, or a node's; with both, the relay sends and the node is believed."""
    delivery = config.delivery
    if not delivery.relays:
        return _direct(config, delivery, deployment)
    relay = RelayCarrier(delivery.relays, timeout_s=delivery.timeout_s, ca_file=delivery.ca_file)
    if not delivery.rpc:
        return relay
    from wattcommons.services.delivery.checked_carrier import CheckedCarrier

    return CheckedCarrier(relay, _direct(config, delivery, deployment))


def _direct(config: GatewayConfig, delivery: DeliveryConfig, deployment: Deployment) -> Carrier:
    # Loaded here, for it costs a gateway with a relay 20 MB of memory that it never uses.
    from wattcommons.cli.chain_wiring import chain_carrier

    sender = delivery.sender or config.keys[0]
    return chain_carrier(delivery.rpc, deployment, _account(sender), delivery.finality, delivery.timeout_s)


def _account(key: KeyFile) -> SigningAccount:
    if not key.keystore.exists():
        raise SettingsError(f"there is no key at {key.keystore}", "make one with `watt oracle init`", setting="key")
    return load_keystore(key.keystore, key.password_file)
