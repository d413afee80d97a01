"""Rows of files: whose they are, what holds them, and what the sweep takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from common.database import Database, now
from common.settings import Settings
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, files
from onestop.dossiers.files import owned, sweep
from onestop.dossiers.models import Draft, StoredFile
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest, AnswerResult
from onestop.storage import registry
from onestop.storage.base import NotStored, Storage, StorageUnavailable
from onestop.storage.encrypted import EncryptedStorage
from tests.papers import encoded, page, pdf

OWNER = "owner"
PHOTO = encoded(page((400, 300), 3))


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return registry.create(Settings(upload_directory=tmp_path / "up"))


@pytest.fixture
def forms(forms: dict[str, EForm]) -> dict[str, EForm]:
    """The small form with two papers before its other fields."""
    form = forms["small"].model_dump(mode="json")
    form["fields"] = [
        {
            "id": name,
            "type": "paper",
            "section": "Giấy tờ",
            "label": f"Giấy {name}",
            "question": "Gửi giấy tờ thử?",
            "explanation": "Để đối chiếu.",
            "later_allowed": True,
        }
        for name in ("one", "two")
    ]
    return {"small": EForm.model_validate(form)}


def keep(
    database: Database, storage: Storage, content: bytes = PHOTO, name: str = "anh.jpg"
) -> str:
    kept = files.put_away(storage, content)
    return database.transact(files.record, OWNER, name, kept).file_id


@pytest.fixture
def draft(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    with database.sessions.begin() as session:
        return drafts.start(session, forms, procedure, OWNER, "web").id


def answer(
    database: Database,
    draft: str,
    *file_ids: str,
    field: str = "one",
    most: int | None = None,
    append: bool = False,
) -> AnswerResult:
    with database.sessions.begin() as session:
        request = AnswerRequest(field=field, file_ids=list(file_ids), append=append)
        result = drafts.answer(session, drafts.locked(session, draft, OWNER), request, most)
        assert result is not None
        return result


def kept_files(database: Database) -> set[str]:
    return set(database.query(lambda session: session.scalars(select(StoredFile.id)).all()))


def contents(storage: Storage) -> set[str]:
    return set(storage.keys(now() + timedelta(days=1)))


def sweep_all(database: Database, storage: Storage) -> int:
    return sweep(database, storage, now() + timedelta(seconds=1))


def test_a_name_is_never_a_path(onestop_database: Database, storage: Storage) -> None:
    key = keep(onestop_database, storage, name="../../etc/passwd")
    view = onestop_database.query(owned, OWNER, key)
    assert view is not None
    assert view.name == "passwd"
    assert contents(storage) == {key}


def test_only_the_owner_can_use_a_file(onestop_database: Database, storage: Storage) -> None:
    key = keep(onestop_database, storage)
    assert onestop_database.transact(owned, OWNER, key) is not None
    assert onestop_database.transact(owned, "somebody", key) is None


def test_the_content_is_that_of_the_row(onestop_database: Database, storage: Storage) -> None:
    content = pdf(2)
    key = keep(onestop_database, storage, content, "giay.pdf")
    assert storage.get(key) == content


def test_a_file_that_cannot_be_kept_has_no_row(
    onestop_database: Database, storage: Storage, tmp_path: Path
) -> None:
    (tmp_path / "up").write_text("no directory")
    with pytest.raises(StorageUnavailable):
        keep(onestop_database, storage)
    assert kept_files(onestop_database) == set()


def test_the_sweep_takes_what_nothing_holds_and_leaves_what_is_young(
    database: Database, storage: Storage, draft: str
) -> None:
    held, loose = keep(database, storage), keep(database, storage)
    answer(database, draft, held)
    assert sweep(database, storage, now() - timedelta(hours=1)) == 0
    assert contents(storage) == {held, loose}
    assert sweep_all(database, storage) == 1
    assert kept_files(database) == contents(storage) == {held}
    assert sweep_all(database, storage) == 0


def test_the_sweep_takes_contents_that_lost_their_row(
    onestop_database: Database, storage: Storage
) -> None:
    files.put_away(storage, PHOTO)  # and the process dies
    assert sweep_all(onestop_database, storage) == 1
    assert contents(storage) == set()


def test_a_sweep_that_was_interrupted_is_done_by_the_next(
    onestop_database: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(onestop_database, storage)

    def down(_self: object, _key: str) -> None:
        raise StorageUnavailable("delete")

    with monkeypatch.context() as patched:
        patched.setattr(EncryptedStorage, "delete", down)
        with pytest.raises(StorageUnavailable):
            sweep_all(onestop_database, storage)
    assert (kept_files(onestop_database), len(contents(storage))) == (set(), 1)
    assert sweep_all(onestop_database, storage) == 1
    assert contents(storage) == set()


def test_a_replaced_file_is_swept_and_the_new_one_stays(
    database: Database, storage: Storage, draft: str
) -> None:
    first, second, third = (keep(database, storage) for _ in range(3))
    answer(database, draft, first, second)
    answer(database, draft, second, third)
    sweep_all(database, storage)
    assert contents(storage) == {second, third}
    with pytest.raises(NotStored):
        storage.get(first)


def test_the_files_of_a_discarded_draft_are_swept(
    database: Database, storage: Storage, draft: str
) -> None:
    answer(database, draft, keep(database, storage))
    with database.sessions.begin() as session:
        drafts.discard(drafts.locked(session, draft, OWNER))
    sweep_all(database, storage)
    assert contents(storage) == set()


def test_handing_a_paper_in_later_lets_its_file_go(
    database: Database, storage: Storage, draft: str
) -> None:
    answer(database, draft, keep(database, storage))
    with database.sessions.begin() as session:
        drafts.skip(drafts.locked(session, draft, OWNER), "one")
    sweep_all(database, storage)
    assert contents(storage) == set()


def test_a_submitted_draft_keeps_its_files_when_somebody_wants_to_discard_it(
    database: Database, storage: Storage, draft: str
) -> None:
    key = keep(database, storage)
    answer(database, draft, key)
    with database.sessions.begin() as session:
        row = session.get_one(Draft, draft)
        row.state = "submitted"
        drafts.discard(row)
    sweep_all(database, storage)
    assert contents(storage) == {key}


def test_files_of_a_dossier_have_a_limit_together(
    database: Database, storage: Storage, draft: str
) -> None:
    keys = [keep(database, storage) for _ in range(3)]
    size = len(storage.get(keys[0]))
    assert answer(database, draft, keys[0], most=2 * size).refusal is None
    refused = answer(database, draft, keys[1], keys[2], field="two", most=2 * size).refusal
    assert refused is not None
    assert refused.code == "paper_total_too_large"
    assert "MB" in refused.message
    # Replacing counts only what will be there.
    assert answer(database, draft, keys[1], keys[2], field="one", most=2 * size).refusal is None


def test_a_file_that_may_be_hard_to_read_is_taken_with_a_warning(
    database: Database, storage: Storage, draft: str
) -> None:
    small = keep(database, storage, encoded(page((300, 200), 3)), "nho.jpg")
    sharp = keep(database, storage, encoded(page()), "ro.jpg")
    result = answer(database, draft, small, sharp)
    assert result.refusal is None
    assert [said for said in result.warnings if "nho.jpg" in said] == result.warnings
    assert len(result.warnings) == 1


def test_more_pages_join_those_that_were_sent(
    database: Database, storage: Storage, draft: str
) -> None:
    first, second, third = (keep(database, storage, name=f"{n}.jpg") for n in (1, 2, 3))
    answer(database, draft, first)
    result = answer(database, draft, second, append=True)
    assert result.accepted[0].display == "1.jpg, 2.jpg"
    sweep_all(database, storage)
    assert contents(storage) == {first, second}
    fourth = keep(database, storage, name="4.jpg")
    assert answer(database, draft, fourth).accepted[0].display == "4.jpg"
    sweep_all(database, storage)
    assert contents(storage) == {fourth}
    with pytest.raises(NotStored):
        storage.get(third)


def test_pages_that_are_appended_count_with_those_before(
    database: Database, storage: Storage, draft: str
) -> None:
    keys = [keep(database, storage) for _ in range(11)]
    size = len(storage.get(keys[0]))
    assert answer(database, draft, *keys[:9]).refusal is None
    heavy = answer(database, draft, keys[9], append=True, most=9 * size).refusal
    assert heavy is not None
    assert heavy.code == "paper_total_too_large"
    many = answer(database, draft, keys[9], keys[10], append=True).refusal
    assert many is not None
    assert many.code == "paper_too_many"


def test_pages_appended_to_a_paper_without_any_are_its_first(
    database: Database, storage: Storage, draft: str
) -> None:
    with database.sessions.begin() as session:
        drafts.skip(drafts.locked(session, draft, OWNER), "one")  # handed in later
    result = answer(database, draft, keep(database, storage), append=True)
    assert result.accepted[0].display == "anh.jpg"
