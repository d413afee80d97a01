"""The staff console before the service's staff part, running on ports of their own, for real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from common.database import Database
from common.settings import Settings
from gateway.keys import CONFIG
from onestop.http import staff_catalogue
from tests.platforms.background import running
from tests.staff import service_app
from web.app import FINGERPRINT, WEB
from web.build import build
from web.security import add_security_headers
from web.staff.app import create_app
from web.staff.forms import PATH


@contextmanager
def running_console(database: Database) -> Iterator[str]:
    """Serve until the block ends; the site's address."""
    build()
    url = str(database.engine.url)
    with running(service_app(Settings(database_url=url), database, staff_catalogue)) as service:
        config = Settings(database_url=url, onestop_url=service)
        site = web.Application()
        site[CONFIG] = config
        site.router.add_static("/static", WEB / "static")
        site.on_response_prepare.append(add_security_headers)
        site.add_subapp(PATH, create_app(config, FINGERPRINT.read_text()[:12]))
        with running(site) as address:
            yield address
