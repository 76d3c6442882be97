"""Installing the app: the page that asks for consent, and the codes it hands out.

https://docs.slack.dev/authentication/installing-with-oauth/
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from playground.backend import Backend

_CONSENT = """<!DOCTYPE html><html lang="en"><head><title>Authorize | Slack</title></head><body>
<h1>{app} is requesting permission to access the {team} workspace</h1>
<ul>{scopes}</ul>
<p><a id="allow" href="{allow}">Allow</a> <a id="deny" href="{deny}">Cancel</a></p></body></html>"""


class Consent:
    """`GET /oauth/v2/authorize`, where a person allows the app or does not."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def ask(self, request: web.Request) -> web.Response:
        query, manifest = request.query, self._backend.manifest
        if query.get("client_id") != self._backend.credentials.client_id:
            return web.Response(status=400, text="Invalid client_id parameter")
        allowed = manifest.redirect_urls
        redirect = query.get("redirect_uri") or (allowed[0] if allowed else "")
        if not any(redirect.startswith(each) for each in allowed):
            return web.Response(status=400, text="redirect_uri did not match any configured URIs.")
        scopes = {each for each in query.get("scope", "").split(",") if each}
        if unknown := scopes - manifest.scopes:
            return web.Response(status=400, text=f"invalid_scope: {', '.join(sorted(unknown))} not in the manifest")
        state = {"state": query["state"]} if "state" in query else {}
        code = self._backend.credentials.issue_code(self._backend.workspace.admin.id, redirect)
        page = _CONSENT.format(
            app=escape(self._backend.workspace.app_name),
            team=escape(self._backend.workspace.team.name),
            scopes="".join(f"<li>{escape(each)}</li>" for each in sorted(scopes)),
            allow=escape(f"{redirect}?{urlencode({'code': code, **state})}"),
            deny=escape(f"{redirect}?{urlencode({'error': 'access_denied', **state})}"),
        )
        return web.Response(text=page, content_type="text/html")
