"""Headers that tell browsers what our pages may do: only what we serve ourselves."""

from __future__ import annotations

from aiohttp import web

from gateway.keys import CONFIG

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR_SECONDS = 31_536_000
CSP = "Content-Security-Policy"


def _write(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def allow_inline_styles(response: web.Response) -> None:
    """Loosen the policy for one page, for Swagger UI, which writes styles into its elements."""
    response.headers[CSP] = _write({**POLICY, "style-src": "'self' 'unsafe-inline'"})


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on every answer; what a handler has set itself stays."""
    for name, value in {**HEADERS, CSP: _write(POLICY)}.items():
        response.headers.setdefault(name, value)
    # Which version of what serves is nobody's business.
    response.headers["Server"] = "motcua"
    if request.app[CONFIG].cookie_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if request.path.startswith("/static/build/") and request.query_string:
        # The address names the build: a new build has new addresses.
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    elif request.path.startswith("/api/"):
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
