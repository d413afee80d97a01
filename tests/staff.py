"""Staff for tests: accounts and sessions made beside the log-in, and codes as an authenticator shows them."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType

import pyotp
from aiohttp import web
from sqlalchemy.orm import Session

from common.database import Database, now
from common.problems import problem_middleware, require_token
from common.settings import Settings
from onestop.http import (
    staff,
    staff_accounts,
    staff_answers,
    staff_changes,
    staff_complaints,
    staff_eforms,
    staff_imports,
    staff_kept,
    staff_reports,
    staff_retention,
    staff_transcripts,
)
from onestop.http.keys import CONFIG, DATABASE
from onestop.http.staff_gate import staff_gate
from onestop.staff import passwords, sessions
from onestop.staff.access import Role, Stage
from onestop.staff.models import StaffAccount

PASSWORD = "con trâu đi trước cái cày"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEFAULT_PARTS = (
    staff,
    staff_accounts,
    staff_answers,
    staff_changes,
    staff_complaints,
    staff_eforms,
    staff_imports,
    staff_kept,
    staff_reports,
    staff_retention,
    staff_transcripts,
)
_kept: list[str] = []


def make_account(
    database: Database,
    name: str = "lan",
    *roles: Role,
    agencies: list[str] | None = None,
    enrolled: bool = True,
    first: bool = False,
) -> int:
    """An account with `PASSWORD`; its number."""
    if not _kept:
        _kept.append(passwords.hashed(PASSWORD))  # once: it is slow by intent

    def work(session: Session) -> int:
        account = StaffAccount(
            name=name,
            display_name=f"Chị {name.title()}",
            roles=[one.value for one in roles],
            agencies=agencies,
            password_hash=_kept[0],
            password_is_first=first,
            totp_secret=SECRET if enrolled else None,
        )
        session.add(account)
        session.flush()
        return account.id

    return database.transact(work)


def open_session(database: Database, account_id: int, stage: Stage = Stage.OPEN) -> str:
    """A session of an account; its token."""

    def work(session: Session) -> str:
        return sessions.begin(session, session.get_one(StaffAccount, account_id), stage, now())

    return database.transact(work)


def code(secret: str = SECRET, at: datetime | None = None) -> str:
    """What an authenticator shows."""
    return pyotp.TOTP(secret).at(at or now())


def service_app(config: Settings, database: Database, *parts: ModuleType) -> web.Application:
    """The service's staff part (and further parts); the whole service starts search and e-forms as well."""
    token = require_token(config.internal_token.get_secret_value())
    app = web.Application(middlewares=[problem_middleware, token, staff_gate])
    app[CONFIG], app[DATABASE] = config, database
    for part in (*DEFAULT_PARTS, *parts):
        app.add_routes(part.routes)
    return app
