"""What the service's handlers find in their application."""

from __future__ import annotations

from aiohttp import web

from common.database import Database
from common.settings import Settings
from onestop.backends.base import Backend
from onestop.backends.worker import Worker
from onestop.catalogue.search import CatalogueSearch
from onestop.documents.pdf import Converter
from onestop.eforms.definition import EForm
from onestop.payments.base import Provider
from onestop.storage.base import Storage
from onestop.uploads.scanner import Scanner

CONFIG = web.AppKey("config", Settings)
DATABASE = web.AppKey("database", Database)
EFORMS = web.AppKey("eforms", dict[str, EForm])
SEARCH = web.AppKey("search", CatalogueSearch)
PROVIDERS: web.AppKey[dict[str, Provider]] = web.AppKey("providers")
BACKEND = web.AppKey("backend", Backend)
PDF = web.AppKey("pdf", Converter)
SCANNER: web.AppKey[Scanner | None] = web.AppKey("scanner")
STORAGE: web.AppKey[Storage] = web.AppKey("storage")
WORKER: web.AppKey[Worker | None] = web.AppKey("worker")


def wake(app: web.Application) -> None:
    """Something was put into the outbox: send it now, where a worker runs."""
    worker = app[WORKER]
    if worker is not None:
        worker.wake()
