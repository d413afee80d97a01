from __future__ import annotations

import re
from datetime import time

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from common.settings import ROOT, Settings
from common.supervise import CannotStart, read_settings


def test_every_setting_is_documented() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^#?MOTCUA_([A-Z0-9_]+)=", example, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_a_short_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INTERNAL_TOKEN", "short")
    with pytest.raises(ValidationError):
        Settings()


def test_a_wrong_setting_is_one_line_that_names_it_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTCUA_ENCRYPTION_KEYS", "not-a-key-but-secret")
    with pytest.raises(CannotStart) as obstacle:
        read_settings()
    line = str(obstacle.value)
    assert "MOTCUA_ENCRYPTION_KEYS" in line
    assert "secret" not in line
    assert "\n" not in line


def test_a_new_key_in_front_still_reads_what_the_old_one_wrote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("MOTCUA_ENCRYPTION_KEYS", old)
    written = Settings().cipher().encrypt(b"text")
    monkeypatch.setenv("MOTCUA_ENCRYPTION_KEYS", f"{new},{old}")
    assert Settings().cipher().decrypt(written) == b"text"


def test_a_platform_without_its_secrets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_ZALO_APP_ID", "123")
    monkeypatch.setenv("MOTCUA_ZALO_APP_SECRET", "secret")
    with pytest.raises(CannotStart) as obstacle:
        read_settings()
    assert "MOTCUA_ZALO_OA_SECRET, MOTCUA_ZALO_REFRESH_TOKEN" in str(obstacle.value)


def test_template_messages_are_read_from_json(monkeypatch: pytest.MonkeyPatch) -> None:
    given = '{"decision": {"id": "512345", "parameters": {"ma_ho_so": "code"}}}'
    monkeypatch.setenv("MOTCUA_ZALO_TEMPLATES", given)
    assert Settings().zalo_templates["decision"].parameters == {"ma_ho_so": "code"}


def test_mail_without_a_sender_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_SMTP_HOST", "mail.example.vn")
    with pytest.raises(ValidationError, match="MOTCUA_SMTP_FROM"):
        Settings()


def test_hours_and_days_of_notices_are_read_as_the_example_writes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTCUA_NOTICE_QUIET_FROM", "22:30")
    monkeypatch.setenv("MOTCUA_REMIND_SUPPLEMENT_DAYS", "5,2,1")
    config = Settings()
    assert (config.notice_quiet_from, config.notice_quiet_until) == (time(22, 30), time(7))
    assert config.remind_supplement_days == [5, 2, 1]
