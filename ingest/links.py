"""How much a feed or a sitemap may list: more is left out by the reader, and not believed by its parent."""

from __future__ import annotations

MAX_LINKS = 5_000
"""Addresses that are taken from one listing, the first ones."""
LONGEST_LINK = 2_000
"""Characters."""
