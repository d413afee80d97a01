"""A link is good for one document, one asker and one hour."""

from __future__ import annotations

import json
import string
import time
from dataclasses import asdict

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common.settings import settings
from onestop.documents import links
from onestop.documents.links import LIFETIME, NoSuchLink, Ticket

LETTERS = string.ascii_letters + string.digits + "-_"
CIPHER = settings().cipher()
MINE = Ticket("web:an", "draft-1", "docx")
ZALO = Ticket("zalo:123", "draft-2", "pdf")


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["docx", "pdf"]))
def test_a_link_is_read_back_for_its_owner(name: str, draft: str, form: links.Format) -> None:
    ticket = Ticket(f"web:{name}", draft, form)
    text = links.make(CIPHER, ticket)
    assert links.read(CIPHER, text, ticket.owner) == ticket
    assert set(text) <= set(LETTERS)


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


@given(st.integers(0, 99), st.integers(1, len(LETTERS) - 1))
def test_a_changed_link_is_no_link(at: int, step: int) -> None:
    text = links.make(CIPHER, ZALO)  # another one each time, so that nothing drawn may hang on it
    assert len(text) > 101  # the last letter holds spare bits
    other = LETTERS[(LETTERS.index(text[at]) + step) % len(LETTERS)]
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
