"""Organisations and the people in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Team:
    id: str
    name: str
    domain: str
    url: str = ""

    def wire(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "url": f"{self.url}/",
            "domain": self.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": f"{self.url}/avatars/",
            "is_verified": False,
        }


@dataclass
class User:
    id: str
    name: str
    real_name: str
    team: str
    is_admin: bool = False
    is_restricted: bool = False
    """A guest: sees only the conversations it was invited to."""
    is_bot: bool = False
    bot_id: str | None = None
    is_external: bool = False
    """From another team, here through a shared channel."""
    deleted: bool = False
    locale: str = "en-US"
    time_zone: str = "Europe/Madrid"
    title: str = ""

    def short_profile(self, base_url: str) -> dict[str, Any]:
        """What a message says of somebody from another organisation."""
        return {
            "avatar_hash": "g" + self.id.lower(),
            "image_72": f"{base_url}/avatars/{self.id}-72.svg",
            "first_name": self.real_name.partition(" ")[0],
            "real_name": self.real_name,
            "display_name": self.name,
            "team": self.team,
            "name": self.name,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
        }

    def wire(self, base_url: str = "", include_locale: bool = False, include_email: bool = False) -> dict[str, Any]:
        """`include_email` is for apps with the scope `users:read.email`."""
        first, _, last = self.real_name.partition(" ")
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": first,
            "last_name": last,
            "title": self.title,
            "status_text": "",
            "status_emoji": "",
            "phone": "",
            "skype": "",
            "status_text_canonical": "",
            "status_expiration": 0,
            "avatar_hash": "g" + self.id.lower(),
            **{f"image_{size}": f"{base_url}/avatars/{self.id}-{size}.svg" for size in (24, 32, 48, 72, 192, 512)},
            "team": self.team,
        }
        if include_email and not self.is_bot:
            profile["email"] = f"{self.name}@example.com"
        if self.bot_id:
            profile |= {"bot_id": self.bot_id, "always_active": True}
        wire: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "color": "4bbe2e",
            "real_name": self.real_name,
            "tz": self.time_zone,
            "tz_label": self.time_zone,
            "tz_offset": 3600,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
            "updated": 1700000000,
        }
        if self.is_external:
            wire["is_stranger"] = False
        return wire | ({"locale": self.locale} if include_locale else {})
