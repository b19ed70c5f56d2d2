"""Settings from the environment: the one reader of it. An option on the command line wins over them.

Every variable begins with WATT_. What may hold a key (a node's address, a password) is a secret: it is never
shown, logged or part of a repr.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from wattcommons.domain.formatting import Language
from wattcommons.errors import SettingsError

PREFIX = "WATT_"


class Settings(BaseSettings):
    """What the environment may say.

    WATT_RPC_URL        secret   the node: http://HOST:PORT, https://HOST or a socket's path
    WATT_DEPLOYMENT     public   the deployment file of the community
    WATT_KEYSTORE       public   encrypted key file of the deployer
    WATT_PASSWORD_FILE  public   file with the key file's password
    WATT_STORE          secret   the index's database: a file, sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME
    WATT_ANVIL          public   the development node's program
    WATT_LANG           public   fr or en
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    rpc_url: SecretStr | None = None
    deployment: Path | None = None
    keystore: Path | None = None
    password_file: Path | None = None
    store: SecretStr | None = None
    anvil: Path | None = None
    lang: Language = Language.ENGLISH

    @cached_property
    def node(self) -> str | None:
        """The node's address in clear, for the connection alone."""
        return self.rpc_url.get_secret_value() if self.rpc_url else None

    @cached_property
    def database(self) -> str | None:
        """The index's database in clear, for the connection alone."""
        return self.store.get_secret_value() if self.store else None


def load_settings() -> Settings:
    """Read the environment now. Raises SettingsError naming the first wrong variable, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{first['msg'].lower()}", "unset it, or correct it", setting=name) from None
