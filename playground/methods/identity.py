"""auth.*, apps.*, bots.*, team.*: who the app is, and where."""

from __future__ import annotations

from playground.backend import Backend
from playground.blocks import check_message_blocks, check_view
from playground.errors import ApiError
from playground.methods.spec import Arguments, Method


def which_app(backend: Backend, _: Arguments) -> dict[str, object]:
    return {"app_name": backend.workspace.app_name, "app_id": backend.workspace.app_id}


def who_am_i(backend: Backend, _: Arguments) -> dict[str, object]:
    workspace = backend.workspace
    return {
        "url": f"{workspace.team.url}/",
        "team": workspace.team.name,
        "user": workspace.bot.name,
        "team_id": workspace.team.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def revoke(backend: Backend, arguments: Arguments) -> dict[str, object]:
    if str(arguments.get("test", "")).lower() not in ("1", "true"):
        backend.credentials.revoked = "token_revoked"
        backend.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": {"bot": [backend.workspace.bot.id]}})
        return {"revoked": True}
    return {"revoked": False}


def api_test(_: Backend, arguments: Arguments) -> dict[str, object]:
    if error := arguments.get("error"):
        raise ApiError(str(error), args=arguments)
    return {"args": arguments}


def bot_info(backend: Backend, arguments: Arguments) -> dict[str, object]:
    if arguments.get("bot", backend.workspace.bot.bot_id) != backend.workspace.bot.bot_id:
        raise ApiError("bot_not_found")
    profile = backend.workspace.bot_profile()
    return {"bot": {key: value for key, value in profile.items() if key != "team_id"}}


def validate(_: Backend, arguments: Arguments) -> dict[str, object]:
    """Exactly one of blocks, message and view; errors are described one by one."""
    given = [name for name in ("blocks", "message", "view") if arguments.get(name)]
    if len(given) != 1:
        raise ApiError("invalid_arguments", ["[ERROR] provide exactly one of: blocks, message, view"])
    value = arguments[given[0]]
    try:
        if given[0] == "view":
            check_view(value)
        else:
            check_message_blocks(value if given[0] == "blocks" else value.get("blocks") or [])
    except ApiError as error:
        messages = [each.removeprefix("[ERROR] ") for each in error.fields["response_metadata"]["messages"]]
        raise ApiError(error.code, errors=[_described(each) for each in messages]) from error
    return {}


def _described(problem: str) -> dict[str, object]:
    message, _, pointer = problem.removesuffix("]").partition(" [json-pointer:")
    return {"code": "failed_constraint", "message": message, "pointer": pointer.removeprefix("/blocks")}


def team_info(backend: Backend, _: Arguments) -> dict[str, object]:
    return {"team": backend.workspace.team.wire()}


def authorizations(backend: Backend, _: Arguments) -> dict[str, object]:
    workspace = backend.workspace
    entry = {"enterprise_id": None, "team_id": workspace.team.id, "user_id": workspace.bot.id, "is_bot": True}
    return {"authorizations": [entry | {"is_enterprise_install": False}]}


def installed(backend: Backend, arguments: Arguments) -> dict[str, object]:
    """The bot's token for a code of the consent page. Raises ApiError."""
    credentials, workspace = backend.credentials, backend.workspace
    if arguments.get("client_id") != credentials.client_id:
        raise ApiError("invalid_client_id")
    if arguments.get("client_secret") != credentials.client_secret:
        raise ApiError("bad_client_secret")
    known = credentials.codes.pop(str(arguments.get("code")), None)
    if known is None:
        raise ApiError("invalid_code")
    user, redirect = known
    if arguments.get("redirect_uri", redirect) != redirect:
        raise ApiError("bad_redirect_uri")
    return {
        "app_id": workspace.app_id,
        "authed_user": {"id": user},
        "scope": ",".join(sorted(backend.manifest.scopes)),
        "token_type": "bot",
        "access_token": credentials.bot_token,
        "bot_user_id": workspace.bot.id,
        "team": {"id": workspace.team.id, "name": workspace.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


METHODS = {
    "api.test": Method(api_test, optional=("error", "foo"), tier=4, caller="anybody"),
    "auth.test": Method(who_am_i, run_for_app=which_app),
    "auth.revoke": Method(revoke, optional=("test",), tier=3),
    "apps.event.authorizations.list": Method(
        authorizations, ("authorizations:read",), ("event_context",), ("cursor", "limit"), tier=4, caller="app"
    ),
    "blocks.validate": Method(validate, optional=("blocks", "message", "view"), tier=4, caller="anybody"),
    "bots.info": Method(bot_info, ("users:read",), optional=("bot",), tier=3),
    "oauth.v2.access": Method(
        installed,
        optional=("client_id", "client_secret", "code", "redirect_uri", "grant_type"),
        tier=4,
        caller="anybody",
    ),
    "team.info": Method(team_info, ("team:read",), optional=("team", "domain"), tier=3),
}
