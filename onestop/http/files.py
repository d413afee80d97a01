"""Take in the files that citizens send."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import BodyPartReader, web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r204, r404, r413, r415

from common.problems import Problem, as_problem
from onestop.dossiers import files
from onestop.eforms.answers import Param, Refusal
from onestop.eforms.texts import refusal_text
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE, SCANNER, STORAGE
from onestop.schemas import FileView, ProblemDetail
from onestop.storage.base import StorageError, StorageUnavailable
from onestop.uploads.scanner import ScannerUnavailable, Verdict

routes = web.RouteTableDef()
CHUNK_BYTES = 64 * 1024

log = structlog.get_logger(__name__)


@routes.post("/files")
@inject_params(on_validation_error=as_problem).and_request
async def upload(
    request: web.Request, owner: str
) -> r201[FileView] | r413[ProblemDetail] | r415[ProblemDetail]:
    """Keep one file, sent as the multipart field `file`; its kind is read from its content."""
    limit = request.app[CONFIG].upload_max_bytes
    if not request.content_type.startswith("multipart/"):
        raise Problem(415, "not_multipart", "Send the file as multipart/form-data.")
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise Problem(422, "no_file", "The form field `file` is missing.")
    content = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        content.extend(chunk)
        if len(content) > limit:
            raise _refusal(413, "file_too_large", megabytes=limit // 1024**2)
    try:
        scan = await _scanned(request, bytes(content))
        kept = await asyncio.to_thread(files.put_away, request.app[STORAGE], bytes(content), scan)
    except Refusal as error:
        raise _refusal(415, error.code, **error.params) from error
    except StorageUnavailable as error:
        log.error("file_not_kept", reason=str(error))
        raise Problem(503, "storage_unavailable", "The file could not be kept.") from error
    view = await request.app[DATABASE].run(files.record, owner, part.filename or "", kept)
    return as_json(view, 201)


@routes.get("/files/{file}/content", allow_head=False)
@inject_params(on_validation_error=as_problem).and_request
async def content(request: web.Request, file: str, /, owner: str) -> r200 | r404[ProblemDetail]:
    """A file's bytes, for its owner and for staff who talk with the owner."""
    found = await request.app[DATABASE].read(files.owned, owner, file)
    if found is None:
        raise Problem(404, "unknown_file", "There is no such file of this owner.")
    try:
        held = await asyncio.to_thread(request.app[STORAGE].get, file)
    except StorageError as error:
        raise Problem(503, "storage_unavailable", "The file cannot be read.") from error
    name = f"inline; filename*=UTF-8''{quote(found.name)}"
    headers = {"Content-Type": found.content_type, "Content-Disposition": name}
    return web.Response(body=held, headers={**headers, "Cache-Control": "private, no-store"})


@routes.delete("/files/{file}")
@inject_params(on_validation_error=as_problem).and_request
async def discard(request: web.Request, file: str, /, owner: str) -> r204:
    """Delete a file that nobody asked for, content and all."""
    await throw_away(request.app, owner, file)
    return web.Response(status=204)


async def throw_away(app: web.Application, owner: str, file_id: str) -> None:
    """Delete a file that nothing holds, row first; a content that stays is the next sweep's."""
    if await app[DATABASE].run(files.forget, owner, file_id):
        try:
            await asyncio.to_thread(app[STORAGE].delete, file_id)
        except StorageUnavailable as error:
            log.warning("file_left_to_the_sweep", reason=str(error))


async def _scanned(request: web.Request, content: bytes) -> str:
    """The scanner's verdict on a file as it came, before anything else reads it.

    Raises:
        Refusal: `file_infected`.
        Problem: 503, if the scanner is away and files may not be taken unscanned.
    """
    scanner = request.app[SCANNER]
    if scanner is None:
        return ""
    try:
        verdict = await scanner.scan(content)
    except ScannerUnavailable as error:
        log.error("file_not_scanned", reason=str(error))
        if request.app[CONFIG].clamd_when_down == "refuse":
            raise Problem(503, "scanner_unavailable", "The file could not be scanned.") from error
        return Verdict.UNSCANNED
    if verdict is Verdict.INFECTED:
        log.warning("infected_file_refused")
        raise Refusal("file_infected")
    return verdict


def _refusal(status: int, code: str, **params: Param) -> Problem:
    """A problem whose detail is the sentence for the citizen."""
    return Problem(status, code, refusal_text(Refusal(code, **params), 1))
