"""The company's identity provider, from our settings to the sign-in library's."""

from __future__ import annotations

from typing import Any

from anxin.desk.boot.config import DeskConfig


def federation_settings(config: DeskConfig) -> dict[str, Any]:
    """Return SOCIALACCOUNT_PROVIDERS: one OpenID Connect provider, or none."""
    if not config.oidc_issuer:
        return {}
    app = {
        "provider_id": "company",
        "name": config.oidc_name or "OpenID Connect",
        "client_id": config.oidc_client_id,
        "secret": config.oidc_client_secret,
        "settings": {"server_url": config.oidc_issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid", "email"]}}
