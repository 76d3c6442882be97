"""Where Slack keeps files: the only hosts that files, and our token with them, are exchanged with."""

from __future__ import annotations

import httpx

HOSTS = frozenset({"files.slack.com", "slack-files.com"})


def file_address(address: str, api_url: str) -> httpx.URL:
    """The address, parsed once: what is looked at here is what will be asked. Raises ValueError for another host.

    `api_url`: that of a stand-in keeps its files itself, and is then the only host that is asked.
    """
    try:
        url, own = httpx.URL(address), _origin(httpx.URL(api_url))
        origin = _origin(url)
    except httpx.InvalidURL as error:
        raise ValueError("no address") from error
    is_slacks = url.host in HOSTS and origin == ("https", url.host, 443)
    has_stand_in = own[1] != "slack.com"
    if url.userinfo or "\\" in address or not (origin == own if has_stand_in else is_slacks):
        raise ValueError("not an address of Slack's files")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme)
