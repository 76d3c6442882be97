"""Which addresses may be asked for a document: those of the public web, spelled in one way only."""

from __future__ import annotations

import ipaddress
import re

import httpx

from ingest.errors import FetchRefused

REFUSED = "address_refused"
"""One reason for all of them, so that nobody can feel their way through an internal network by its differences."""

_DENIED = [
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's platform, reachable from every virtual machine there
        "100.100.100.200/32",  # Alibaba's metadata
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata among them
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4 in the old spelling
        "64:ff9b::/96",  # NAT64: any IPv4 address, wrapped
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo: likewise
        "2002::/16",  # 6to4: likewise
        "fec0::/10",  # site-local, deprecated
        "fd00:ec2::/32",  # Amazon's metadata
    )
]
_STRANGE = re.compile(r"[\x00-\x20\x7f-\x9f\\\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_HOST = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_PORTS = {"http": 80, "https": 443}


def web_address(text: str, *, allow_private: bool = False) -> httpx.URL:
    """The address `text` spells, parsed once: what is checked is what will be connected to.

    Raises FetchRefused for another scheme, user names, ports but the usual (any, if `allow_private`), numbers that stand for an
    address in an unusual way, and characters that parsers disagree about.
    """
    if len(text) > 4000 or _STRANGE.search(text):
        raise FetchRefused(REFUSED)
    try:
        url = httpx.URL(text)
        port = url.port
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused(REFUSED) from error
    host = url.raw_host.decode("ascii", "replace").lower()
    authority = re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0]
    plain = (
        url.scheme in _PORTS
        and "@" not in authority
        and not url.userinfo
        and _is_plain_host(host)
        and (allow_private or port in (None, _PORTS[url.scheme]))
    )
    if not plain:
        raise FetchRefused(REFUSED)
    return url.copy_with(fragment=None)


def _is_plain_host(host: str) -> bool:
    """A name, or an IP address in its usual spelling: `127.1`, `0x7f000001` and `2130706433` are neither."""
    if ":" in host:
        return _is_address(host)
    if not _HOST.fullmatch(host):
        return False
    last = host.rstrip(".").rpartition(".")[2]
    return _is_address(host) if _NUMERIC.fullmatch(last) else True


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def may_connect(address: str, *, allow_private: bool = False) -> bool:
    """Whether a resolved IP address is one of the public internet; with `allow_private` also one of this house.

    Never link-local ones, where clouds hand out credentials, nor those that wrap another address.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if allow_private and (ip.is_loopback or (ip.is_private and not ip.is_link_local and not _is_denied(ip))):
        return not ip.is_unspecified
    public = ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified)
    return public and not _is_denied(ip)


def _is_denied(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ip.version == network.version and ip in network for network in _DENIED)
