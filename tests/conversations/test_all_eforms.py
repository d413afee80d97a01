"""Each of the project's own e-forms from the start to the receipt, with answers in many hands."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime

import pytest

from onestop.catalogue.shipped import load_shipped
from onestop.cli.eform import DIRECTORY
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.definition import EForm, load_eforms
from tests.conversations.filing import Filing
from tests.conversations.system import System
from tests.conversations.typist import plan

pytestmark = pytest.mark.system
FORMS = {form.id: form for form in load_eforms(DIRECTORY).values() if form.procedures}
SEED = 2026
AT_ONCE = 4


def file(system: System, form: EForm, today: date) -> None:
    """From the question to the receipt."""
    procedure = next(one for one in load_shipped() if one.code == form.procedures[-1])
    told = plan(form, SEED, today)
    filing = Filing(system, form, procedure)
    filing.begin()
    for field in form.fields:
        if field.id in told and told[field.id].asked:
            filing.asked(field)
            filing.give(field, told[field.id])
    filing.check(filing.send(), told)


@pytest.fixture(scope="module")
def filed(system: System) -> Iterator[dict[str, Future[None]]]:
    """All forms, a few at a time."""
    today = datetime.now(VIETNAM).date()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {id_: pool.submit(file, system, form, today) for id_, form in FORMS.items()}


@pytest.mark.parametrize("form_id", FORMS)
def test_to_the_receipt(filed: dict[str, Future[None]], form_id: str) -> None:
    filed[form_id].result()
