"""A sender's complaint, and a submitted dossier that can be finished and rated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from common.database import Database
from onestop.catalogue.content import Procedure
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import advance
from onestop.eforms.definition import EForm
from onestop.schemas import ComplaintRequest
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_submission_races import OWNER, ready_draft, submit

procedure = dossiers.procedure
forms = dossiers.forms
onestop_database = dossiers.onestop_database
database = dossiers.database


@pytest.fixture
def code(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """The code of a submitted dossier."""
    draft = database.transact(ready_draft, forms, procedure, OWNER)
    return database.transact(submit, draft, OWNER, procedure)


def finish(database: Database, code: str) -> None:
    """Handle a dossier until its result is there."""
    for status in (Status.RECEIVED, Status.PROCESSING, Status.DONE):
        database.transact(advance, code, status, "officer")


def complaint(request: str = "request-0000000001", **given: Any) -> ComplaintRequest:
    """What a sender says."""
    said = {
        "owner": OWNER,
        "channel": "web",
        "request": request,
        "content": ["Chờ hai tiếng không ai gọi số.", "Quầy số 3, sáng thứ Hai."],
        "name": "nguyễn văn an",
        "phone": "0912 345 678",
    }
    return ComplaintRequest.model_validate({**said, **given})
