"""Units, requests, counter times and the post over the service's own interface, as the actions call it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.gateway.fakes import Client
from tests.onestop.dossiers.test_submission_races import OWNER

ASKER = "web:asker"
BOOKING = ["phường Phủ Lý", None, None, "khai sinh cho con", "Trần Văn Lâm", "0912 345 678"]
POST = ["giao kết quả tận nhà", "Trần Văn Lâm", "0912 345 678", "thôn Đông, xã Liêm Hà, Ninh Bình"]
Told = tuple[int, dict[str, Any]]


async def call(service: Client, method: str, path: str, **given: Any) -> Told:
    """An answer's status and content; every refusal is a problem."""
    answer = await service.request(method, path, **given)
    told = await answer.json()
    if answer.status >= 400:
        assert answer.content_type == "application/problem+json"
        assert told["status"] == answer.status
    return answer.status, told


async def step(service: Client, state: dict[str, Any], asker: str = ASKER, **given: Any) -> Any:
    body = {"asker": asker, "state": state, **given}
    status, view = await call(service, "POST", "/requests/steps", json=body)
    assert status == 200, view
    return view


async def filled(service: Client, kind: str, texts: list[str | None], **state: str) -> Any:
    """A request with these answers; `None` takes the first choice that is offered."""
    asker = state.pop("asker", ASKER)
    view = await step(service, {"kind": kind, **state}, asker)
    for text in texts:
        said = text or view["field"]["options"][0]["label"]
        view = await step(service, view["state"], asker, text=said)
        assert view["refusal"] is None, view["refusal"]
    return view


async def submit(service: Client, state: dict[str, Any], asker: str = ASKER) -> Told:
    body = {"asker": asker, "channel": "web", "state": state}
    return await call(service, "POST", "/requests", json=body)


async def test_nothing_is_told_without_the_right_key(service: Client) -> None:
    for key in ("", "Bearer a-token-of-somebody-else-32-characters"):
        for method, path in (
            ("GET", "/units"),
            ("POST", "/requests/steps"),
            ("POST", "/requests"),
            ("GET", "/bookings?owner=web:asker"),
            ("DELETE", "/bookings/LH261130-0007?owner=web:asker"),
            ("GET", "/post/fees"),
            ("POST", "/post/openings"),
            ("POST", "/post/BC261130-0001/cancellation"),
        ):
            headers = {"Authorization": key}
            status, problem = await call(service, method, path, json={}, headers=headers)
            assert (status, problem["type"]) == (401, "urn:motcua:problem:unauthorised"), path


async def test_what_does_not_fit_is_refused(service: Client) -> None:
    wrong = {"kind": "booking", "attempt": "x"}
    for method, path, body in (
        ("GET", "/units?asked=maybe", None),
        ("GET", "/bookings", None),
        ("DELETE", "/bookings/LH261130-0007", None),
        ("POST", "/requests/steps", {"asker": ASKER}),
        ("POST", "/requests/steps", {"asker": ASKER, "state": wrong}),
        ("POST", "/requests", {"asker": ASKER, "state": {"kind": "unit"}}),
        ("POST", "/post/openings", {"code": 7}),
        ("POST", "/post/BC261130-0001/cancellation", {"asker": ASKER}),
    ):
        status, problem = await call(service, method, path, json=body)
        assert (status, problem["type"]) == (422, "urn:motcua:problem:invalid_request"), path


async def test_a_body_that_is_no_json_is_refused(service: Client) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/requests/steps", "/requests", "/post/openings"):
        status, _ = await call(service, "POST", path, data="{", headers=headers)
        assert status in (400, 422)


async def test_an_unknown_kind_of_request_is_said_to_be_unknown(service: Client) -> None:
    body = {"asker": ASKER, "channel": "web", "state": {"kind": "wish"}}
    for path in ("/requests/steps", "/requests"):
        status, problem = await call(service, "POST", path, json=body)
        assert (status, problem["type"]) == (404, "urn:motcua:problem:unknown_request")


async def test_a_unit_is_found_by_its_old_commune_or_its_choices_are_told(service: Client) -> None:
    _, found = await call(service, "GET", "/units", params={"q": "một cửa phường Phủ Lý ở đâu"})
    assert "Phủ Lý" in found["unit"]["name"]
    assert found["hours"]
    _, none = await call(service, "GET", "/units", params={"q": "mấy giờ mở cửa"})
    assert (none["unit"], none["choices"]) == (None, [])


async def test_a_unit_that_is_asked_for_is_told_by_its_identifier(service: Client) -> None:
    view = await filled(service, "unit", ["phường Phủ Lý"])
    status, done = await submit(service, view["state"])
    _, found = await call(service, "GET", "/units", params={"q": done["code"]})
    assert (status, found["unit"]["id"]) == (201, done["code"])


async def test_a_counter_time_is_booked_listed_and_given_up(service: Client) -> None:
    view = await filled(service, "booking", BOOKING)
    assert view["field"] is None
    assert view["statement"]
    status, done = await submit(service, view["state"])
    assert status == 201
    address, mine = f"/bookings/{done['code']}", {"owner": ASKER}
    assert await call(service, "GET", "/bookings", params=mine) == (200, [done])
    assert await call(service, "GET", "/bookings", params={"owner": "web:other"}) == (200, [])
    status, problem = await call(service, "DELETE", address, params={"owner": "web:other"})
    assert (status, problem["type"]) == (404, "urn:motcua:problem:unknown_booking")
    for _ in range(2):
        assert await call(service, "DELETE", address, params=mine) == (200, done)
    assert await call(service, "GET", "/bookings", params=mine) == (200, [])


async def test_an_answer_that_cannot_be_taken_is_refused_in_vietnamese(service: Client) -> None:
    view = await step(service, {"kind": "booking"}, text="ở trên mặt trăng")
    assert view["refusal"]["field"] == "commune"
    assert "xã" in view["refusal"]["message"]
    assert view["state"]["attempt"] == 1


async def test_answers_are_taken_back_one_by_one_in_the_order_of_answering(
    service: Client,
) -> None:
    view = await filled(service, "booking", BOOKING)
    view = await step(service, view["state"], phrase="sửa ngày hẹn")
    choices = [one["label"] for one in view["field"]["options"]]
    view = await step(service, view["state"], text=choices[1])  # and the hour is asked for anew
    told = [view["lines"]]
    for field in ("day", "phone", "name"):
        view = await step(service, view["state"], undo=True)
        assert [one["field"] for one in view["taken_back"]] == [field]
        assert view["field"]["id"] == field
        told.append(view["lines"])
    assert [len(lines) for lines in told] == sorted((len(lines) for lines in told), reverse=True)
    view = await step(service, view["state"], text="Lê Thị Hoa")
    assert view["field"]["id"] == "day"
    none = await step(service, {"kind": "booking"}, undo=True)
    assert (none["taken_back"], none["field"]["id"]) == ([], "commune")


async def test_a_correction_that_is_thought_better_of_leaves_all_as_it_was(service: Client) -> None:
    before = await filled(service, "booking", BOOKING)
    asked = await step(service, before["state"], phrase="sửa họ tên")
    assert asked["field"]["id"] == "name"
    after = await step(service, asked["state"], undo=True)
    assert (after["field"], after["lines"]) == (None, before["lines"])


async def test_what_is_not_answered_is_named_when_it_is_submitted(service: Client) -> None:
    view = await filled(service, "booking", BOOKING[:3])
    status, problem = await submit(service, view["state"])
    assert (status, problem["type"]) == (409, "urn:motcua:problem:unanswered")
    assert problem["reopen"] == ["purpose", "name", "phone"]


async def test_equal_bookings_at_once_are_one(service: Client) -> None:
    view = await filled(service, "booking", BOOKING)
    told = await asyncio.gather(*(submit(service, view["state"]) for _ in range(8)))
    assert {status for status, _ in told} == {201}
    assert len({done["code"] for _, done in told}) == 1


async def test_a_booking_is_given_up_by_code_and_telephone_with_few_tries(service: Client) -> None:
    booked = await filled(service, "booking", BOOKING)
    _, done = await submit(service, booked["state"])
    thief = "web:thief"
    wrong = await filled(
        service, "booking-cancellation", [done["code"], "0987 654 321"], asker=thief
    )
    for left in (4, 3):
        status, problem = await submit(service, wrong["state"], thief)
        assert (status, problem["type"]) == (409, "urn:motcua:problem:not_found")
        assert (problem["left"], problem["reopen"]) == (left, ["code", "phone"])
    right = await filled(service, "booking-cancellation", [done["code"], "0912 345 678"])
    status, cancelled = await submit(service, right["state"])
    assert (status, cancelled["code"]) == (201, done["code"])
    assert await call(service, "GET", "/bookings", params={"owner": ASKER}) == (200, [])


async def opened(service: Client, code: str, asker: str = OWNER, factor: str = "") -> Told:
    body = {"asker": asker, "code": code, "factor": factor}
    return await call(service, "POST", "/post/openings", json=body)


async def test_the_post_is_asked_followed_and_taken_back(service: Client, code: str) -> None:
    _, [same, other] = await call(service, "GET", "/post/fees")
    assert 0 < same["amount"] < other["amount"]
    _, opening = await opened(service, code)
    assert (opening["requests"], opening["offered"]) == ([], ["deliver", "collect"])
    texts = [*POST, "buổi sáng"]
    view = await filled(service, "post", texts, subject=opening["grant"], asker=OWNER)
    assert view["facts"]["fee"] == same
    status, done = await submit(service, view["state"], OWNER)
    assert (status, done["facts"]["state"]) == (201, "requested")
    status, problem = await submit(service, view["state"], OWNER)
    assert (status, problem["type"]) == (409, "urn:motcua:problem:requested_before")
    _, opening = await opened(service, code)
    assert [one["code"] for one in opening["requests"]] == [done["code"]]
    assert opening["offered"] == ["collect"]
    address = f"/post/{done['code']}/cancellation"
    granted = {"asker": OWNER, "grant": opening["grant"]}
    for _ in range(2):
        status, taken = await call(service, "POST", address, json=granted)
        assert (status, taken["state"]) == (200, "cancelled")
    nowhere = "/post/BC991231-0001/cancellation"
    status, problem = await call(service, "POST", nowhere, json=granted)
    assert (status, problem["type"]) == (404, "urn:motcua:problem:unknown_parcel")


async def test_a_stranger_has_no_way_to_a_dossiers_post(service: Client, code: str) -> None:
    status, problem = await opened(service, code, ASKER)
    assert (status, problem["type"]) == (403, "urn:motcua:problem:factor_needed")
    status, problem = await opened(service, code, ASKER, "0000")
    assert (status, problem["attempts_left"]) == (404, 4)
    _, own = await opened(service, code)
    borrowed = {"asker": ASKER, "grant": own["grant"]}
    status, problem = await call(service, "POST", "/post/BC1/cancellation", json=borrowed)
    assert (status, problem["type"]) == (403, "urn:motcua:problem:not_granted")
    texts = [*POST, "buổi sáng"]
    view = await filled(service, "post", texts, subject=own["grant"], asker=ASKER)
    status, problem = await submit(service, view["state"])
    assert (status, problem["type"]) == (409, "urn:motcua:problem:not_granted")


async def test_too_many_wrong_tries_lock_the_post_as_they_do_the_status(
    service: Client, code: str
) -> None:
    for _ in range(5):
        status, _ = await opened(service, code, ASKER, "0000")
    status, problem = await opened(service, code, ASKER, "1234")
    assert (status, problem["type"]) == (429, "urn:motcua:problem:locked")
    assert problem["locked_until"]
