"""The audit, for administrators."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from onestop.staff.access import Role, allow
from onestop.staff.schemas import AuditPage, AuditVerified
from web.staff.keys import SERVICE
from web.staff.rendering import render

routes = web.RouteTableDef()
FILTERS = ("actor", "action", "subject")


@routes.get("/audit")
@allow(Role.ADMINISTRATOR)
async def audit(request: web.Request) -> web.Response:
    """Entries, the newest first, by the filters in the address."""
    wanted = {name: request.query.get(name, "").strip()[:200] for name in FILTERS}
    before = request.query.get("before", "")
    before = before if before.isdecimal() and len(before) < 12 else ""
    asked = {**wanted, "before": before}
    found = await request[SERVICE].ask(AuditPage, "GET", "/staff/audit", params=asked)
    kept = {name: value for name, value in wanted.items() if value}
    older = urlencode({**kept, "before": found.before}) if found.before else ""
    return render(request, "audit.html.j2", found=found, wanted=wanted, older=older)


@routes.get("/audit/verification")
@allow(Role.ADMINISTRATOR)
async def verification(request: web.Request) -> web.Response:
    """Whether the chain is whole; a part of the page for htmx, or a page of its own."""
    found = await request[SERVICE].ask(AuditVerified, "GET", "/staff/audit/verification")
    part = "HX-Request" in request.headers
    template = "audit_verified_part.html.j2" if part else "audit_verified.html.j2"
    return render(request, template, found=found)
