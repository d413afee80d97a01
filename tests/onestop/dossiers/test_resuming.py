"""A draft moves to another conversation: with a code, once, behind the second factor and a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select
from sqlalchemy.orm import Session, object_session

from common.database import Database, now
from onestop import notices, resume_code
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, lookup, resuming
from onestop.dossiers.lookup import Limits, Refused
from onestop.dossiers.models import Draft, LookupThrottle, StoredFile
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest

LIMITS = Limits(attempts=5, lock=timedelta(minutes=15))
LIFE = timedelta(days=7)
OLD, NEW = "web:old", "zalo:new"
FACTOR = "1234"
Forms = Mapping[str, EForm]


def begin(session: Session, forms: Forms, procedure: Procedure, answers: int = 2) -> str:
    draft = drafts.start(session, forms, procedure, OLD, "web")
    for text in ["Nguyễn Văn An", "035090001234", "0912345678"][:answers]:
        assert drafts.answer(session, draft, AnswerRequest(text=text)).refusal is None  # type: ignore[union-attr]
    return draft.id


def issue(session: Session, draft_id: str) -> str:
    return resuming.issue(session, drafts.locked(session, draft_id, OLD), now(), LIFE)[0]


@pytest.fixture
def draft_id(database: Database, forms: Forms, procedure: Procedure) -> str:
    return database.transact(begin, forms, procedure)


@pytest.fixture
def code(database: Database, draft_id: str) -> str:
    return database.transact(issue, draft_id)


@pytest.fixture
def redeem(database: Database) -> Callable[..., Draft | Refused]:
    def work(
        code: str, factor: str = FACTOR, asker: str = NEW, after: timedelta = timedelta()
    ) -> Draft | Refused:
        return database.transact(
            resuming.redeem, asker, "zalo", code, factor, LIMITS, now() + after
        )

    return work


def owner_of(database: Database, draft_id: str) -> tuple[str, str]:
    row = database.query(lambda session: session.get_one(Draft, draft_id))
    return row.owner, row.channel


def test_the_draft_moves_with_its_files_and_the_old_conversation_is_told(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    def attach(session: Session) -> None:
        for number, name in enumerate(("in the draft", "beside it")):
            session.add(
                StoredFile(
                    id=f"f{number}",
                    owner=OLD,
                    name=name,
                    content_type="image/jpeg",
                    size=1,
                    sha256="0",
                )
            )
        draft = session.get_one(Draft, draft_id)
        paper = {"value": {"files": [{"file_id": "f0"}]}, "display": "1 tệp"}
        draft.answers = {**draft.answers, "paper": paper}

    database.transact(attach)
    moved = redeem(f"tiếp tục hồ sơ {code[:4].lower()} {code[4:]}")
    assert isinstance(moved, Draft)
    assert owner_of(database, draft_id) == (NEW, "zalo")
    owners = database.query(lambda s: [s.get_one(StoredFile, one).owner for one in ("f0", "f1")])
    assert owners == [NEW, OLD]
    (told,) = database.query(notices.waiting, 9)
    assert (told.owner, told.template) == (OLD, "moved")
    with pytest.raises(drafts.DraftNotFound):
        database.transact(drafts.locked, draft_id, OLD)


def test_a_code_is_good_once_and_for_a_while(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    late = redeem(code, after=LIFE + timedelta(minutes=1))
    assert isinstance(late, Refused)
    assert isinstance(redeem(code), Draft)
    again = redeem(code, asker="web:third")
    assert isinstance(again, Refused)
    assert again.reason == "not_found"
    assert owner_of(database, draft_id)[0] == NEW


def test_a_new_code_ends_the_one_before(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    newer = database.transact(issue, draft_id)
    assert isinstance(redeem(code), Refused)
    assert isinstance(redeem(newer), Draft)


def test_five_wrong_factors_lock_the_code_also_for_the_right_one(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    tries = [redeem(code, "0000", asker=f"web:{number}") for number in range(5)]
    left = [one.attempts_left for one in tries if isinstance(one, Refused)]
    assert left == [4, 3, 2, 1, 0]
    locked = redeem(code)
    assert isinstance(locked, Refused)
    assert locked.locked_until is not None
    assert owner_of(database, draft_id)[0] == OLD


def test_five_codes_that_do_not_exist_lock_who_guesses(
    code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    for number in range(5):
        redeem(f"BCFG00{number}")
    locked = redeem(code)
    assert isinstance(locked, Refused)
    assert locked.reason == "locked"


def test_a_draft_that_holds_no_second_factor_has_no_code(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    draft_id = database.transact(begin, forms, procedure, 1)
    with pytest.raises(resuming.NoFactor):
        database.transact(issue, draft_id)


def test_a_draft_that_was_sent_or_given_up_is_not_moved(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    def give_up(session: Session) -> None:
        session.get_one(Draft, draft_id).state = "discarded"

    database.transact(give_up)
    assert isinstance(redeem(code), Refused)


def test_who_goes_on_in_the_same_conversation_is_told_nothing(
    database: Database, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    assert isinstance(redeem(code, asker=OLD), Draft)
    assert database.query(notices.waiting, 9) == []


def test_of_two_who_claim_at_once_one_gets_it(
    database: Database, draft_id: str, code: str, redeem: Callable[..., Draft | Refused]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: redeem(code, asker=f"web:{number}"), range(4)))
    winners = [number for number, one in enumerate(found) if isinstance(one, Draft)]
    assert len(winners) == 1
    assert owner_of(database, draft_id)[0] == f"web:{winners[0]}"
    assert len(database.query(notices.waiting, 9)) == 1


@pytest.mark.parametrize("guarded", [False, True])
def test_without_the_locks_two_channels_would_both_get_the_draft(
    database: Database,
    draft_id: str,
    code: str,
    redeem: Callable[..., Draft | Refused],
    monkeypatch: pytest.MonkeyPatch,
    guarded: bool,
) -> None:
    """Both look before either takes it, unless the locks keep the second one waiting."""
    both_looked = Barrier(2, timeout=1.5 if guarded else 60)
    factors = resuming._factors

    def wait(draft: Draft) -> list[str]:
        session = object_session(draft)
        assert session is not None
        bare = session.get_bind().dialect.name == "sqlite" and not guarded
        if bare:  # SQLite's own guard, one writing transaction at a time, must go too
            session.connection().exec_driver_sql("COMMIT")
        with suppress(BrokenBarrierError):  # with the guard the other one never comes
            both_looked.wait()
        if bare:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        return factors(draft)

    monkeypatch.setattr(resuming, "_factors", wait)
    if not guarded:
        monkeypatch.setattr(Select, "with_for_update", lambda self, **_given: self)
        monkeypatch.setattr(lookup, "_throttle", lambda *_given: LookupThrottle(failures=0))
        monkeypatch.setattr(database, "_turn", nullcontext())  # a process's writers queue on SQLite
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda number: redeem(code, asker=f"web:{number}"), range(2)))
    assert [isinstance(one, Draft) for one in found].count(True) == (1 if guarded else 2)


CODES = st.from_regex(rf"[{resume_code.LETTERS}]{{4}}[0-9]{{3}}", fullmatch=True)


def test_codes_that_are_made_are_found() -> None:
    made = {resume_code.make() for _ in range(200)}
    assert {resume_code.find(one) for one in made} == made
    assert len(made) > 190


@given(CODES)
def test_every_code_is_found_however_it_is_typed(code: str) -> None:
    for typed in (
        code,
        code.lower(),
        f"tiep tuc ho so {code.lower()} nhe",
        f"mã {code[:4]} {code[4:]}.",
        f"{code[:2]} {code[2:4]} {code[4]} {code[5:]}",
        "-".join(code),
        f"Tiếp tục hồ sơ {code}, giúp em",
    ):
        assert resume_code.find(typed) == code


@pytest.mark.parametrize(
    "text",
    [
        "tiếp tục hồ sơ",
        "H25-20261124-0000001",
        "000.00.12.H62-201105-0004",
        "0912345678",
        "xe 29A-123.45",
        "TPHCM 123",
        "căn cước 035090001234",
        "bchk1234567",
        "abcfgh123",
    ],
)
def test_nothing_else_is_taken_for_a_code(text: str) -> None:
    assert resume_code.find(text) is None
