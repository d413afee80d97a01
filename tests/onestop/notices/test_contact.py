"""A notice of a dossier says where else its owner can be reached, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping

from common.database import Database
from onestop import notices
from onestop.catalogue.content import Procedure
from onestop.dossiers.models import Draft
from onestop.eforms.definition import EForm
from onestop.schemas import NoticeView
from tests.onestop.dossiers.test_drafts import GOOD, OWNER
from tests.onestop.dossiers.test_submission_races import ready_draft, submit


def of_dossier(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure, owner: str
) -> NoticeView:
    """The notice that somebody gets of a dossier of OWNER's."""
    draft_id = database.transact(ready_draft, forms, procedure, OWNER)
    code = database.transact(submit, draft_id, OWNER, procedure)
    database.transact(notices.tell, owner, "paid", code=code, amount="7.000")
    (found,) = [
        one
        for one in database.transact(notices.waiting, 50)
        if (one.owner, one.template) == (owner, "paid")
    ]
    return found


def test_the_owner_is_reached_at_what_the_form_told(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    notice = of_dossier(database, forms, procedure, OWNER)
    assert notice.contact is not None
    assert notice.contact.phone == GOOD["phone"]
    assert notice.about["amount"] == "7.000"


def test_of_anothers_dossier_nothing_is_given(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    assert of_dossier(database, forms, procedure, "web:somebody-else").contact is None


def test_a_form_that_is_no_longer_read_does_not_hold_the_notice_up(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    draft_id = database.transact(ready_draft, forms, procedure, OWNER)
    code = database.transact(submit, draft_id, OWNER, procedure)
    with database.sessions.begin() as session:
        session.get_one(Draft, draft_id).eform.definition = {"id": "of long ago"}
    database.transact(notices.tell, OWNER, "paid", code=code, amount="7.000")
    found = [one for one in database.transact(notices.waiting, 50) if one.template == "paid"]
    assert [one.contact for one in found] == [None]
