"""An OpenID Connect provider as its specifications describe it, with the faults of one that is attacked."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "mot-cua", "a secret for tests"


@dataclass
class OidcProvider:
    """Its memory: who is at its log-in page, which codes it gave; `claims` are put over a token's own."""

    address: str = ""
    sub: str = "u-1"
    person: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "lan.nguyen"})
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""
    down: bool = False
    foreign_key: bool = False

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, auto_kid=True)
        self.other_key = RSAKey.generate_key(2048, {"kid": self.key.kid})

    def create_app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        return app

    def authorise(self, url: str) -> dict[str, str]:
        """What its log-in page sends the browser back with."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def _configuration(self, _request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503, text="bảo trì")
        names = {
            "authorization_endpoint": "authorise",
            "token_endpoint": "token",
            "jwks_uri": "keys",
        }
        told = {name: f"{self.address}/{path}" for name, path in names.items()}
        return web.json_response({**told, "issuer": self.issuer or self.address})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(KeySet([self.key]).as_dict(private=False))

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        if asked is None or not known or asked["code_challenge"] != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if form["redirect_uri"] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.sub,
            "nonce": asked["nonce"],
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            **self.person,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid}
        token = jwt.encode(header, claims, self.other_key if self.foreign_key else self.key)
        return web.json_response({"id_token": token, "token_type": "Bearer", "access_token": "x"})
