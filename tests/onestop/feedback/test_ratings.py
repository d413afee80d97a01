"""Who may rate what and until when; first with the guard removed, then with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import settings
from onestop.dossiers import grants
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import advance
from onestop.feedback import ratings, report
from onestop.feedback.models import Rating
from onestop.feedback.rules import rating_rules
from onestop.schemas import RatingOffer, RatingRequest, RatingView
from tests.onestop.dossiers.test_submission_races import OWNER
from tests.onestop.feedback.conftest import finish

CIPHER = settings().cipher()


def ask(code: str, stars: int, reason: str | None = None, asker: str = OWNER) -> RatingRequest:
    grant = grants.give(CIPHER, asker, code)
    return RatingRequest(asker=asker, channel="web", grant=grant, stars=stars, reason=reason)


def rate(database: Database, request: RatingRequest) -> RatingView:
    return database.transact(ratings.rate, CIPHER, request)


def offer(database: Database, code: str) -> RatingOffer | None:
    def work(session: Session) -> RatingOffer | None:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        return ratings.offer(session, CIPHER, OWNER, dossier)

    return database.transact(work)


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    moment = now() + timedelta(days=days)
    monkeypatch.setattr("onestop.feedback.ratings.now", lambda: moment)


def test_only_a_finished_dossier_is_offered_to_be_rated(database: Database, code: str) -> None:
    assert offer(database, code) is None
    with pytest.raises(ratings.NotRated, match="not_finished"):
        rate(database, ask(code, 5))
    finish(database, code)
    found = offer(database, code)
    assert found is not None
    assert (found.levels[0].stars, found.levels[0].name) == (5, "Rất hài lòng")
    assert [one.stars for one in found.levels] == [5, 4, 3, 2, 1]


def test_a_refused_dossier_may_be_rated_too(database: Database, code: str) -> None:
    database.transact(advance, code, Status.REFUSED, "officer")
    assert rate(database, ask(code, 1)).stars == 1


def test_the_owner_finds_what_may_be_rated(database: Database, code: str) -> None:
    assert database.query(ratings.offers, CIPHER, OWNER, 5) == []
    finish(database, code)
    (found,) = database.query(ratings.offers, CIPHER, OWNER, 5)
    assert (found.code, found.stars) == (code, None)
    assert database.query(ratings.offers, CIPHER, "web:another", 5) == []


def test_a_grant_of_someone_else_or_of_nothing_rates_nothing(database: Database, code: str) -> None:
    finish(database, code)
    for grant in (grants.give(CIPHER, "web:another", code), grants.give(CIPHER, OWNER, "X"), "x"):
        request = ask(code, 5).model_copy(update={"grant": grant})
        with pytest.raises(ratings.NotRated, match="not_granted"):
            rate(database, request)


@pytest.mark.parametrize(("stars", "wanted"), [(1, True), (2, True), (3, False), (5, False)])
def test_low_levels_want_a_reason(database: Database, code: str, stars: int, wanted: bool) -> None:
    finish(database, code)
    assert rate(database, ask(code, stars)).reason_wanted is wanted
    told = rate(database, ask(code, stars, " Chờ lâu "))
    assert (told.reason, told.reason_wanted, told.changed) == ("Chờ lâu", False, False)


def test_a_rating_is_changed_not_added_and_its_reason_goes_with_its_level(
    database: Database, code: str
) -> None:
    finish(database, code)
    rate(database, ask(code, 1, "Chờ lâu"))
    told = rate(database, ask(code, 4))
    assert (told.stars, told.reason, told.changed) == (4, "", True)
    count = select(func.count()).select_from(Rating)
    assert database.transact(lambda session: session.scalar(count)) == 1
    found = offer(database, code)
    assert found is not None
    assert found.stars == 4


def test_after_some_days_it_stays(
    database: Database, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(database, code)
    rate(database, ask(code, 1))
    days = rating_rules().change_within_days
    later(monkeypatch, days - 0.1)
    assert rate(database, ask(code, 2)).stars == 2
    later(monkeypatch, days + 0.1)
    # Counted from the first rating: changing it does not prolong the time.
    with pytest.raises(ratings.NotRated, match="too_late"):
        rate(database, ask(code, 3))
    assert offer(database, code) is None


def test_long_after_the_result_nothing_is_asked_any_more(
    database: Database, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(database, code)
    later(monkeypatch, rating_rules().rate_within_days + 0.1)
    assert offer(database, code) is None
    with pytest.raises(ratings.NotRated, match="too_late"):
        rate(database, ask(code, 3))


def test_a_reason_has_an_end_and_is_kept_encrypted(database: Database, code: str) -> None:
    finish(database, code)
    with pytest.raises(ratings.NotRated, match="too_long"):
        rate(database, ask(code, 1, "a" * (rating_rules().most_characters + 1)))
    rate(database, ask(code, 1, "Can bo quat mang"))
    with database.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT reason FROM ratings").scalar_one()
    assert b"quat" not in raw


def test_without_the_lock_two_first_ratings_would_break_on_the_unique_dossier(
    database: Database, code: str
) -> None:
    """The guard removed: look first, write then, without holding the dossier."""
    finish(database, code)
    both_have_looked = Barrier(2, timeout=60)

    def unguarded(stars: int) -> str:
        dossier = database.query(lambda session: session.scalars(select(Dossier)).one().id)
        assert database.query(lambda session: session.scalar(select(Rating))) is None
        both_have_looked.wait()
        new = {"dossier_id": dossier, "owner": OWNER, "channel": "web", "stars": stars}
        try:
            database.transact(lambda session: session.add(Rating(**new)))
        except IntegrityError:
            return "broken"
        return "kept"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(unguarded, [1, 5])) == ["broken", "kept"]


def test_with_it_each_of_many_is_a_rating_or_its_change(database: Database, code: str) -> None:
    finish(database, code)
    with ThreadPoolExecutor(4) as threads:
        told = list(
            threads.map(lambda stars: rate(database, ask(code, stars)), [1, 2, 3, 4, 5] * 3)
        )
    assert len(told) == 15
    count = select(func.count()).select_from(Rating)
    assert database.transact(lambda session: session.scalar(count)) == 1


def test_the_report_counts_levels_by_procedure_and_day(database: Database, code: str) -> None:
    finish(database, code)
    rate(database, ask(code, 2, "Chờ lâu"))
    moment = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 01:00 of the 24th in Vietnam

    def date_it(session: Session) -> None:
        session.scalars(select(Rating)).one().rated_at = moment

    database.transact(date_it)
    day = date(2026, 11, 24)
    everything, one = database.query(report.summaries, day, day)
    assert (everything.code, everything.count, everything.mean) == ("", 1, 2.0)
    assert (one.procedure, one.counts) == ("Thủ tục thử", {1: 0, 2: 1, 3: 0, 4: 0, 5: 0})
    (line,) = database.query(lambda session: list(report.lines(session, day, day)))
    assert (line["stars"], line["reason"], line["rated_at"]) == (2, "Chờ lâu", "2026-11-24 01:00")
    (nothing,) = database.query(report.summaries, date(2026, 11, 23), date(2026, 11, 23))
    assert (nothing.count, nothing.mean) == (0, None)
