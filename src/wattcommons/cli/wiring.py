"""The composition root: from options and settings to connected objects. An option wins over the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.keystore import load_keystore
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.cli.settings import Settings
from wattcommons.errors import DeploymentError, SettingsError, WrongChain

DEVNET_CHAIN = 31_337
DEFAULT_DEPLOYMENT = Path("deployment.json")


def node_address(option: str | None, settings: Settings) -> str:
    """Where the node is. Raises SettingsError when nobody said so."""
    address = option or settings.node
    if not address:
        raise SettingsError("no node is named", "give --rpc URL, or set WATT_RPC_URL", setting="--rpc")
    return address


def deployment_of(option: Path | None, settings: Settings) -> Deployment:
    """The deployment file named, or the one in the working directory. Raises DeploymentError."""
    return load_deployment(option or settings.deployment or DEFAULT_DEPLOYMENT)


def contracts_of(deployment: Path | None, rpc: str | None, settings: Settings) -> Contracts:
    """A community's contracts on its node. Raises DeploymentError, SettingsError, NodeUnavailable."""
    known = deployment_of(deployment, settings)
    web3 = connect(node_address(rpc, settings))
    try:
        return Contracts(web3, known)
    except WrongChain as error:
        raise DeploymentError(error.message, error.hint) from error


def deployer_key(
    keystore: Path | None, password_file: Path | None, *, devnet_key: bool, chain_id: int, settings: Settings
) -> SigningAccount:
    """The key that deploys: from an encrypted file, or, on a development chain alone, one that everybody knows.

    Raises SettingsError when none or both are asked for, or the public key is asked for elsewhere.
    """
    file, password = keystore or settings.keystore, password_file or settings.password_file
    if devnet_key:
        if keystore is not None:
            raise SettingsError("is given beside --keystore", "choose one of them", setting="--devnet-key")
        if chain_id != DEVNET_CHAIN:
            raise SettingsError(
                f"everybody knows this key, and chain {chain_id} is no development chain",
                "use --keystore and --password-file",
                setting="--devnet-key",
            )
        return devnet_keys().service("deployer")
    if file is None or password is None:
        raise SettingsError(
            "a key file and the file of its password are needed",
            "give --keystore and --password-file; on a development chain --devnet-key",
            setting="--keystore",
        )
    return load_keystore(file, password)


def own_key(
    keystore: Path | None,
    password_file: Path | None,
    *,
    devnet_key: bool,
    known: Deployment,
    which: Callable[[DevnetKeys], SigningAccount],
) -> SigningAccount:
    """The key that signs or sends, `which` of the development keys.

    It is never taken from the environment: each step is another person's.
    """
    if devnet_key:
        if keystore is not None or password_file is not None:
            raise SettingsError("is given beside a key file", "choose one of them", setting="--devnet-key")
        if known.chain_id != DEVNET_CHAIN:
            raise SettingsError(
                f"everybody knows this key, and chain {known.chain_id} is no development chain",
                "use --keystore and --password-file",
                setting="--devnet-key",
            )
        return which(devnet_keys())
    if keystore is None or password_file is None:
        raise SettingsError(
            "a key file and the file of its password are needed",
            "give --keystore and --password-file; on a development chain --devnet-key",
            setting="--keystore",
        )
    return load_keystore(keystore, password_file)


def role_key(role: Role) -> Callable[[DevnetKeys], SigningAccount]:
    """Chooses a role's development key: for `own_key`."""
    return lambda keys: keys.role(role)


def devnet_keys() -> DevnetKeys:
    """The keys of a community on a development chain."""
    return DevnetKeys("watt devnet")
