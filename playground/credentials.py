"""The tokens and secrets of the app in the workspace."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field


@dataclass
class Credentials:
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    client_id: str
    client_secret: str
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A code of the consent page -> who consented, and the redirect_uri it was handed to; each is taken once."""
    revoked: str = ""
    """The error of every call once the app was uninstalled or its token revoked; empty while it is good."""

    def issue_code(self, user: str, redirect_uri: str) -> str:
        code = f"{self.client_id}.{len(self.codes)}.{secrets.token_hex(16)}"
        self.codes[code] = (user, redirect_uri)
        return code


def new_credentials(chance: random.Random) -> Credentials:
    def digits(count: int) -> str:
        return "".join(chance.choices("0123456789", k=count))

    def letters(count: int) -> str:
        return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=count))

    return Credentials(
        bot_token=f"xoxb-{digits(12)}-{digits(13)}-{letters(24)}",
        app_token=f"xapp-1-{letters(11).upper()}-{digits(13)}-{letters(64)}",
        signing_secret=f"{chance.getrandbits(128):032x}",
        verification_token=letters(24),
        client_id=f"{digits(12)}.{digits(13)}",
        client_secret=f"{chance.getrandbits(128):032x}",
    )
