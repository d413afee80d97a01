"""E-forms changed by staff: two people, the version, drafts under way, what is refused, going back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.catalogue import shipped as catalogue
from onestop.catalogue import store as procedures
from onestop.catalogue.content import Procedure
from onestop.catalogue.sources import Source
from onestop.changes import service as changes
from onestop.changes.service import ChangeRefused
from onestop.changes.subject import Unfit
from onestop.dossiers import drafts
from onestop.dossiers.snapshots import form_of
from onestop.eforms.definition import EForm, load_eforms
from onestop.kept import eforms, store
from onestop.kept.eforms import DIRECTORY, EForms, parsed
from onestop.kept.registry import SHELVES
from onestop.kept.shelf import SHIPPED
from onestop.staff.scope import Scope
from tests.onestop.kept.conftest import ALL, approve, current, keep, propose

FORMS = load_eforms(DIRECTORY)
CODE = "marriage-registration"
TEXT = EForms().shipped()[CODE]
QUESTION = "Anh/chị là bên nam hay bên nữ ạ?"
NEWER = "Anh/chị đăng ký với tư cách bên nam hay bên nữ ạ?"


def reworded(text: str) -> str:
    assert text.count(QUESTION) == 1
    return text.replace(QUESTION, NEWER)


def marriage() -> Procedure:
    return next(one for one in catalogue.load_shipped() if one.code in FORMS[CODE].procedures)


def start(database: Database, owner: str) -> EForm:
    """The form that a new draft of this owner is asked by."""

    def work(session: Session) -> EForm:
        forms = eforms.forms(session, FORMS)
        return form_of(drafts.start(session, forms, marriage(), owner, "web"))

    return database.transact(work)


def test_a_draft_under_way_keeps_its_form_and_the_next_one_gets_the_new(kept: Database) -> None:
    assert start(kept, "an").fields[0].question == QUESTION
    keep(kept, "eform", reworded(current(kept, "eform", CODE)), CODE)
    assert start(kept, "an").fields[0].question == QUESTION
    newer = start(kept, "ba")
    assert newer.fields[0].question == NEWER
    assert newer.version == FORMS[CODE].version + 1


def test_the_version_is_given_by_itself_and_alone_is_no_change(kept: Database) -> None:
    text, version = current(kept, "eform", CODE), FORMS[CODE].version
    with pytest.raises(ChangeRefused, match="unchanged"):
        propose(kept, "eform", text.replace(f"version: {version}", "version: 77"), CODE)
    keep(kept, "eform", reworded(text).replace(f"version: {version}", "version: 77"), CODE)
    assert parsed(current(kept, "eform", CODE)).version == version + 1


def test_a_form_waits_for_its_day(kept: Database) -> None:
    change = propose(kept, "eform", reworded(current(kept, "eform", CODE)), CODE, days=3)
    approve(kept, change)
    assert start(kept, "an").fields[0].question == QUESTION
    assert kept.transact(changes.apply_due, now() + timedelta(days=3)) == 1
    assert start(kept, "ba").fields[0].question == NEWER


def test_going_back_to_the_shipped_text_is_a_version_of_its_own(kept: Database) -> None:
    keep(kept, "eform", reworded(current(kept, "eform", CODE)), CODE)
    old = kept.query(SHELVES["eform"].revision, CODE, SHIPPED)
    keep(kept, "eform", old, CODE)
    form = start(kept, "an")
    assert form.fields[0].question == QUESTION
    assert form.version == FORMS[CODE].version + 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: marriage-registration", "id: marriage", "must stay marriage-registration"),
        ('procedures: ["1.000894"]', 'procedures: ["1.001193"]', "served by birth-registration"),
        (QUESTION, "Bên nào", "does not end with"),
        ("fields:", "fields: [", "not YAML"),
        ("type: choice", "type: song", "fields.0.type"),
    ],
)
def test_what_citizens_could_not_be_asked_by_is_refused(
    kept: Database, old: str, new: str, said: str
) -> None:
    text = current(kept, "eform", CODE)
    assert old in text
    with pytest.raises(Unfit, match=said):
        propose(kept, "eform", text.replace(old, new, 1), CODE)


def test_repetitions_that_grow_without_end_are_refused_at_once(kept: Database) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    with pytest.raises(Unfit, match="more than"):
        propose(kept, "eform", bomb, CODE)


def test_parts_within_parts_within_parts_are_a_fault_and_no_breakdown() -> None:
    for depth in (900, 5_000):
        assert len(eforms.faults_of(f"id: thu\nfields: {'[' * depth}{']' * depth}")) == 1


def test_a_pattern_that_never_ends_fits_nothing_soon(kept: Database) -> None:
    text = current(kept, "eform", "general")
    slow = text.replace(
        "    type: person_name\n",
        "    type: text\n    validation: {pattern: '([A-Za-z ]+)+!'}\n",
        1,
    ).replace("example: Nguyễn Văn An", "example: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1)
    begun = now()
    with pytest.raises(Unfit, match="its own example is refused"):
        propose(kept, "eform", slow, "general")
    assert now() - begun < timedelta(seconds=60)


def test_a_form_that_no_longer_fits_on_its_day_is_not_applied(kept: Database) -> None:
    free = "9.999999"

    def taking(code: str) -> str:
        text = current(kept, "eform", code)
        return text.replace('procedures: ["', f'procedures: ["{free}", "', 1)

    early = propose(kept, "eform", taking(CODE), CODE)
    late = propose(kept, "eform", taking("marital-status"), "marital-status")
    approve(kept, early)
    with pytest.raises(ChangeRefused, match="no_longer_fits"):
        approve(kept, late)
    assert free not in current(kept, "eform", "marital-status")


def test_a_new_form_is_made_like_another(kept: Database) -> None:
    text = current(kept, "eform", "general").replace("id: general", "id: the-thu-vien")
    keep(kept, "eform", text, "the-thu-vien")
    form = kept.query(eforms.forms, FORMS)["the-thu-vien"]
    assert form.version == 1
    with pytest.raises(LookupError):
        propose(kept, "eform", text, "../x")


def test_who_sees_other_agencies_only_changes_nothing_here(kept: Database) -> None:
    one = marriage()
    kept.transact(procedures.save, one, Source.SHIPPED)
    text = reworded(current(kept, "eform", CODE))
    with pytest.raises(LookupError):
        propose(kept, "eform", text, CODE, scope=Scope.of(["Sở khác"]))
    change = propose(kept, "eform", text, CODE, scope=Scope.of([one.agency]))
    assert kept.query(changes.listed, Scope.of(["Sở khác"]), ("pending",)) == []
    assert [one.id for one in kept.query(changes.listed, ALL, ("pending",))] == [change]


def test_of_two_changes_of_one_form_that_are_approved_at_once_one_counts(kept: Database) -> None:
    text = current(kept, "eform", CODE)
    proposed = [propose(kept, "eform", text.replace(QUESTION, f"Bên {n}?"), CODE) for n in (1, 2)]
    gate, outcomes = threading.Barrier(2), []

    def one(change: int) -> None:
        gate.wait(60)
        try:
            approve(kept, change)
            outcomes.append("approved")
        except ChangeRefused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=one, args=(change,)) for change in proposed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["approved", "outdated"]
    assert parsed(current(kept, "eform", CODE)).version == FORMS[CODE].version + 1


def test_what_an_update_of_the_software_cannot_read_any_more_does_not_stop_it(
    kept: Database,
) -> None:
    kept.transact(store.save, "eform", CODE, "id: marriage-registration\nfields: []\n")
    kept.transact(store.save, "eform", "broken", "fields: [")
    assert start(kept, "an").fields[0].question == QUESTION
    text = current(kept, "eform", "marital-status")
    propose(kept, "eform", text.replace("title: ", "title: Mới, ", 1), "marital-status")
    keep(kept, "eform", TEXT, CODE)
    assert start(kept, "ba").fields[0].question == QUESTION


def test_a_form_of_staff_serves_a_code_that_an_update_brings_too(kept: Database) -> None:
    new = TEXT.replace("id: marriage-registration", "id: ket-hon")
    kept.transact(store.save, "eform", "ket-hon", new)
    assert start(kept, "an").id == "ket-hon"
