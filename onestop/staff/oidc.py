"""Logging in through an OpenID Connect provider: authorisation code with PKCE (OpenID Connect Core, RFC 7636).

The provider keeps such an account's password and second factor; its roles are read from a claim at every
log-in. An account of ours is never joined with one of the provider by its name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from common.settings import Settings
from onestop.staff import audit, sessions
from onestop.staff.access import Role, Stage
from onestop.staff.models import StaffAccount, StaffOidcFlow

CALLBACK = "/staff/login/oidc"
FLOW_LASTS = timedelta(minutes=10)
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
# Asymmetric ones only: with a shared secret, whoever reads it could make tokens.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
LEEWAY_SECONDS = 60
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


class ProviderUnavailableError(Exception):
    """The provider does not answer as it should."""


class NotLetInError(Exception):
    """The log-in is refused; `code`: `flow_over`, `bad_token`, `no_role` or `disabled`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Flow:
    """What a log-in that has begun must be finished with."""

    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who the provider says it is."""

    subject: str
    name: str
    display_name: str
    roles: frozenset[Role]


class Provider:
    """The provider that the settings name."""

    def __init__(self, config: Settings) -> None:
        self._issuer, self._client = config.oidc_issuer, config.oidc_client_id
        self._secret = config.oidc_client_secret.get_secret_value()
        self._scope, self._claim = config.oidc_scope, config.oidc_roles_claim
        self._roles = {value: Role(role) for value, role in config.oidc_roles.items()}
        self._callback = f"{config.public}{CALLBACK}"

    async def address(self, state: str, flow: Flow) -> str:
        """Where the browser is sent to."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            endpoint = (await self._metadata(http))["authorization_endpoint"]
        digest = hashlib.sha256(flow.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._callback,
            "scope": self._scope,
            "state": state,
            "nonce": flow.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def person(self, code: str, flow: Flow) -> Person:
        """Who came back with a code.

        Raises:
            ProviderUnavailableError: if it does not answer as it should.
            NotLetInError: if its token is not good.
        """
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            metadata = await self._metadata(http)
            given = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._callback,
                "client_id": self._client,
                "client_secret": self._secret,
                "code_verifier": flow.verifier,
            }
            answer = await _json(http, "POST", metadata["token_endpoint"], given)
            keys = await _json(http, "GET", metadata["jwks_uri"])
        return self._read(str(answer.get("id_token", "")), keys, flow.nonce)

    def _read(self, token: str, keys: Mapping[str, Any], nonce: str) -> Person:
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            key_set = KeySet.import_key_set(dict(keys))  # type: ignore[arg-type]
            claims = jwt.decode(token, key_set, algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotLetInError("bad_token") from error
        # For several audiences, the one that it was made for (OpenID Connect Core, 3.1.3.7).
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if several and claims.get("azp") != self._client:
            raise NotLetInError("bad_token")
        return self._person(claims)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        subject = hashlib.sha256(f"{self._issuer}\n{claims['sub']}".encode()).hexdigest()
        said = str(claims.get("preferred_username", "")).strip().lower()
        name = said if NAME.fullmatch(said) else _own_name(subject)
        shown = str(claims.get("name") or said or name).strip()[:120]
        held = _claim(claims, self._claim)
        values = held if isinstance(held, list) else [held]
        roles = frozenset(
            self._roles[one] for one in values if isinstance(one, str) and one in self._roles
        )
        return Person(subject, name, shown, roles)

    async def _metadata(self, http: aiohttp.ClientSession) -> dict[str, str]:
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await _json(http, "GET", address)
        names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if any(not isinstance(found.get(name), str) for name in names):
            raise ProviderUnavailableError("its configuration lacks an address")
        if found["issuer"] != self._issuer:
            raise ProviderUnavailableError("its configuration is another issuer's")
        return {name: found[name] for name in names}


def begin(session: Session, binding: str, at: datetime) -> tuple[str, Flow]:
    """Begin a log-in for the browser that holds `binding`; its state and what finishes it."""
    session.execute(delete(StaffOidcFlow).where(StaffOidcFlow.began_at <= at - FLOW_LASTS))
    state = secrets.token_urlsafe(32)
    flow = Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    session.add(
        StaffOidcFlow(
            digest=sessions.digest(state),
            binding=sessions.digest(binding),
            nonce=flow.nonce,
            verifier=flow.verifier,
            began_at=at,
        )
    )
    return state, flow


def take(session: Session, state: str, binding: str, at: datetime) -> Flow | None:
    """What finishes a log-in, once: for the browser that began it, within its time."""
    ended = delete(StaffOidcFlow).where(StaffOidcFlow.digest == sessions.digest(state))
    row = session.execute(
        ended.returning(
            StaffOidcFlow.binding,
            StaffOidcFlow.nonce,
            StaffOidcFlow.verifier,
            StaffOidcFlow.began_at,
        )
    ).first()
    if row is None or row.began_at <= at - FLOW_LASTS:
        return None
    if not hmac.compare_digest(row.binding, sessions.digest(binding)):
        return None
    return Flow(row.nonce, row.verifier)


def enter(session: Session, person: Person, at: datetime) -> str | NotLetInError:
    """Begin a session for whom the provider vouches; its token.

    Returns:
        The token; or why not, to be raised once what was noted of it is committed.
    """
    account = session.scalar(select(StaffAccount).where(StaffAccount.subject == person.subject))
    if not person.roles or (account is not None and account.disabled_at is not None):
        code = "disabled" if person.roles else "no_role"
        audit.record(session, account.name if account else "-", "login.refused", reason=code)
        return NotLetInError(code)
    if account is None:
        account = StaffAccount(
            name=_free_name(session, person),
            subject=person.subject,
            agencies=None,
            password_is_first=False,
        )
        session.add(account)
    account.display_name = person.display_name
    account.roles = [role.value for role in Role if role in person.roles]
    session.flush()
    audit.record(session, account.name, "login.passed", provider=True, roles=account.roles)
    return sessions.begin(session, account, Stage.OPEN, at)


def _free_name(session: Session, person: Person) -> str:
    taken = session.scalar(select(StaffAccount.id).where(StaffAccount.name == person.name))
    return person.name if taken is None else _own_name(person.subject)


def _own_name(subject: str) -> str:
    return f"oidc-{subject[:16]}"


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """A claim by its name, or by a path with points: `realm_access.roles`."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


async def _json(
    http: aiohttp.ClientSession, method: str, address: str, form: Mapping[str, str] | None = None
) -> dict[str, Any]:
    try:
        async with http.request(method, address, data=form, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ProviderUnavailableError(f"status {answer.status}")
            found = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ProviderUnavailableError(type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderUnavailableError("no object")
    return found
