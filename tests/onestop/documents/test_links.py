"""A link is good for one document, one asker and one hour."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common.settings import settings
from onestop.documents import links
from onestop.documents.links import LIFETIME, NoSuchLink, Ticket

CIPHER = settings().cipher()
MINE = Ticket("web:an", "draft-1", "docx")
ZALO = Ticket("zalo:123", "draft-2", "pdf")


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["docx", "pdf"]))
def test_a_link_is_read_back_for_its_owner(name: str, draft: str, form: links.Format) -> None:
    ticket = Ticket(f"web:{name}", draft, form)
    text = links.make(CIPHER, ticket)
    assert links.read(CIPHER, text, ticket.owner) == ticket
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("asker", ["", "web:binh", "zalo:an"])
def test_a_web_link_opens_only_in_its_own_session(asker: str) -> None:
    with pytest.raises(NoSuchLink):
        links.read(CIPHER, links.make(CIPHER, MINE), asker)


def test_a_link_told_on_a_platform_opens_in_a_browser_without_session() -> None:
    assert links.read(CIPHER, links.make(CIPHER, ZALO), "") == ZALO


def test_a_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    text = links.make(CIPHER, ZALO)
    present = time.time()
    monkeypatch.setattr(time, "time", lambda: present + LIFETIME.total_seconds() - 5)
    assert links.read(CIPHER, text, "") == ZALO
    monkeypatch.setattr(time, "time", lambda: present + LIFETIME.total_seconds() + 5)
    with pytest.raises(NoSuchLink):
        links.read(CIPHER, text, "")


@given(st.data())
def test_a_changed_link_is_no_link(data: st.DataObject) -> None:
    text = links.make(CIPHER, ZALO)
    at = data.draw(st.integers(0, len(text) - 2))  # the last letter holds spare bits
    other = data.draw(st.sampled_from("AQgw-_09").filter(lambda one: one != text[at]))
    with pytest.raises(NoSuchLink):
        links.read(CIPHER, text[:at] + other + text[at + 1 :], "")


@given(st.text())
def test_no_text_is_a_link(text: str) -> None:
    with pytest.raises(NoSuchLink):
        links.read(CIPHER, text, "")


def test_what_other_keys_or_other_uses_encrypted_is_no_link() -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(json.dumps(asdict(ZALO)).encode()).decode()
    grant = CIPHER.encrypt(json.dumps(["zalo:123", "H25-20261125-0000001"]).encode()).decode()
    for text in (foreign, grant):
        with pytest.raises(NoSuchLink):
            links.read(CIPHER, text, "")
