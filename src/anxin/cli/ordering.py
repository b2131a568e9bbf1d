"""Settings of the gateway that a command gives orders to."""

from __future__ import annotations

import os
from pathlib import Path

from anxin.desk.boot.config import load_desk_config
from anxin.gateway.config import GatewayConfig, load_config


def ordering_config(config_file: Path | None, data: Path | None, database_url: str | None) -> GatewayConfig:
    """Return the settings as `anxin up` reads them: orders lie in the desk's database where one is named.

    Raise ConfigInvalid or DeskConfigInvalid.
    """
    named = {} if config_file is None else {"ANXIN_CONFIG": str(config_file)}
    url = database_url or load_desk_config(os.environ | named).database_url
    return load_config(config_file, os.environ, data=data, control_url=url or None)
