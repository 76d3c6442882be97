"""files.*: uploading in two steps, looking up, deleting."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.files import File
from playground.messages import Message
from playground.methods.chat import destination, root_of
from playground.methods.spec import Arguments, Method
from playground.wire import integer, listed

PROCESSING_SECONDS = 0.3
"""How long Slack looks at an upload after it is complete."""


def upload_url(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    length = integer(arguments, "length", 0)
    if length <= 0:
        raise ApiError("invalid_arguments", ["[ERROR] must be greater than 0 [json-pointer:/length]"])
    workspace, name = backend.workspace, str(arguments["filename"])
    file_id = workspace.id("F")
    file = File.new(file_id, name, workspace.bot.id, int(backend.clock.now()))
    file.is_complete, file.declared_size = False, length
    workspace.files[file_id] = file
    return {"upload_url": f"{workspace.base_url}/upload/v1/{file_id}", "file_id": file_id}


def complete(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    given = arguments["files"]
    if not isinstance(given, list) or not given:
        raise ApiError("invalid_arguments", ["[ERROR] no files [json-pointer:/files]"])
    files = [_uploaded(backend, entry) for entry in given]
    channels = [arguments["channel_id"]] if arguments.get("channel_id") else listed(arguments.get("channels"))
    for channel_id in channels:
        _share(backend, files, {**arguments, "channel": channel_id})
    for file in files:
        file.is_complete, file.ready_at = True, backend.clock.now() + PROCESSING_SECONDS
    backend.changed()
    return {"files": [_wire(backend, file) for file in files]}


def _uploaded(backend: Backend, entry: Any) -> File:
    file = backend.workspace.files.get(str(entry.get("id") if isinstance(entry, dict) else ""))
    if file is None or file.is_complete or not file.content:
        raise ApiError("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _share(backend: Backend, files: list[File], arguments: Arguments) -> None:
    workspace = backend.workspace
    channel = destination(backend, arguments)
    thread_ts = arguments.get("thread_ts")
    message = Message(
        ts=workspace.ts(),
        channel=channel.id,
        user=workspace.bot.id,
        text=str(arguments.get("initial_comment") or ""),
        team=workspace.team.id,
        thread_ts=root_of(channel, str(thread_ts)) if thread_ts else None,
        subtype="file_share",
        bot_id=workspace.bot.bot_id,
        files=files,
        extra={"upload": False, "display_as_bot": False},
    )
    backend.say(message)
    backend.share(files, channel, message)


def info(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    return {"file": _wire(backend, _file(backend, arguments)), "comments": [], "response_metadata": {"next_cursor": ""}}


def listing(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    files = [f for f in backend.workspace.files.values() if f.is_complete and not f.is_deleted]
    for name, wanted in (("user", arguments.get("user")), ("channel", arguments.get("channel"))):
        if wanted:
            files = [f for f in files if wanted == f.user or (name == "channel" and wanted in f.channels)]
    paging = {"count": 100, "total": len(files), "page": 1, "pages": 1}
    return {"files": [_wire(backend, file) for file in files], "paging": paging}


def delete(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    file = _file(backend, arguments)
    if file.user != backend.workspace.bot.id:
        raise ApiError("cant_delete_file")
    backend.delete_file(file)
    return {}


def _file(backend: Backend, arguments: Arguments) -> File:
    file = backend.workspace.files.get(str(arguments["file"]))
    if file is None or not file.is_complete or not backend.sees_file(file):
        raise ApiError("file_not_found")
    if file.is_deleted:
        raise ApiError("file_deleted")
    return file


def _wire(backend: Backend, file: File) -> dict[str, Any]:
    return backend.workspace.file_wire(file, is_full=True)


METHODS = {
    "files.completeUploadExternal": Method(
        complete,
        ("files:write",),
        ("files",),
        ("channel_id", "channels", "initial_comment", "thread_ts", "blocks"),
        tier=4,
    ),
    "files.delete": Method(delete, ("files:write",), ("file",), tier=3),
    "files.getUploadURLExternal": Method(
        upload_url, ("files:write",), ("filename", "length"), ("alt_txt", "snippet_type"), tier=4
    ),
    "files.info": Method(info, ("files:read",), ("file",), ("count", "cursor", "limit", "page"), tier=4),
    "files.list": Method(
        listing, ("files:read",), (), ("channel", "count", "page", "ts_from", "ts_to", "types", "user"), tier=3
    ),
}
