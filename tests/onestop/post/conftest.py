"""A submitted dossier, and what its citizen tells the post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue.content import Procedure
from onestop.eforms.definition import EForm
from onestop.post import rules, service
from onestop.post.models import PostRequest
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_submission_races import OWNER, ready_draft, submit

procedure = dossiers.procedure
forms = dossiers.forms
onestop_database = dossiers.onestop_database
database = dossiers.database

DETAILS = {
    "receiver": "Trần Văn Lâm",
    "phone": "0912 345 678",
    "address": "Thôn Đông, xã Liêm Hà, tỉnh Ninh Bình",
    "time_of_day": "Buổi sáng",
}


@pytest.fixture
def code(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """The code of a submitted dossier."""
    draft = database.transact(ready_draft, forms, procedure, OWNER)
    return database.transact(submit, draft, OWNER, procedure)


def ask(session: Session, code: str, **given: Any) -> PostRequest:
    """Ask the post to deliver, unless given otherwise."""
    wanted: dict[str, Any] = {"service": "deliver", "details": DETAILS, **given}
    return service.ask(session, code, OWNER, fee=rules.fee(rules.SAME), **wanted)
