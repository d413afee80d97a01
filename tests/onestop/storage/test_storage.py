"""What every storage must do, for each kind of place; and what is special to one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.database import now
from common.settings import Settings
from onestop.dossiers.models import opaque_key
from onestop.storage import registry
from onestop.storage.base import NotStored, Storage, StorageUnavailable, check_key
from onestop.storage.contrib.directory import DirectoryStorage
from onestop.storage.contrib.s3 import S3Storage
from tests.platforms import s3_server
from tests.platforms.s3_server import S3Server

SOON = timedelta(minutes=1)


@pytest.fixture
def s3() -> Iterator[S3Server]:
    with s3_server.running() as server:
        yield server


def s3_settings(server: S3Server, **more: object) -> Settings:
    values: dict[str, object] = {
        "storage": "s3",
        "s3_url": server.url,
        "s3_region": s3_server.REGION,
        "s3_bucket": s3_server.BUCKET,
        "s3_prefix": "tep/",
        "s3_access_key": s3_server.ACCESS_KEY,
        "s3_secret_key": s3_server.SECRET_KEY,
    }
    return Settings.model_validate({**values, **more})


@pytest.fixture(params=["directory", "s3"])
def config(request: pytest.FixtureRequest, s3: S3Server, tmp_path: Path) -> Settings:
    if request.param == "s3":
        return s3_settings(s3)
    return Settings(storage="directory", upload_directory=tmp_path / "up")


@pytest.fixture
def storage(config: Settings) -> Storage:
    return registry.create(config)


@pytest.fixture
def raw(config: Settings) -> Storage:
    """What lies in the place itself."""
    return registry.STORAGES[config.storage](config)


def test_what_is_kept_comes_back_as_it_was(storage: Storage) -> None:
    key, content = opaque_key(), bytes(range(256)) * 1000
    storage.put(key, content)
    assert storage.get(key) == content


def test_an_empty_content_is_a_content(storage: Storage) -> None:
    key = opaque_key()
    storage.put(key, b"")
    assert storage.get(key) == b""


def test_the_same_key_again_replaces(storage: Storage) -> None:
    key = opaque_key()
    storage.put(key, b"one")
    storage.put(key, b"two")
    assert storage.get(key) == b"two"


def test_what_was_never_kept_is_not_there(storage: Storage) -> None:
    with pytest.raises(NotStored):
        storage.get(opaque_key())


def test_deleting_is_done_once_however_often_it_is_asked(storage: Storage) -> None:
    key = opaque_key()
    storage.put(key, b"one")
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(NotStored):
        storage.get(key)


def test_keys_are_listed_by_their_time(storage: Storage) -> None:
    assert list(storage.keys(now() + SOON)) == []
    kept = {opaque_key() for _ in range(5)}
    for key in kept:
        storage.put(key, b"x")
    assert set(storage.keys(now() + SOON)) == kept
    assert list(storage.keys(now() - SOON)) == []


def test_nothing_lies_there_in_the_clear(storage: Storage, raw: Storage) -> None:
    key = opaque_key()
    storage.put(key, b"so can cuoc 035195001234")
    assert b"035195001234" not in raw.get(key)


def test_what_was_changed_in_its_place_is_not_handed_out(storage: Storage, raw: Storage) -> None:
    key = opaque_key()
    storage.put(key, b"paper")
    raw.put(key, raw.get(key)[:-1] + b"!")
    with pytest.raises(StorageUnavailable):
        storage.get(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a/b" * 8, "short", ".part-" + "a" * 16])
@pytest.mark.parametrize("call", ["get", "delete"])
def test_what_is_no_key_reaches_no_place(storage: Storage, key: str, call: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        getattr(storage, call)(key)
    with pytest.raises(ValueError, match="not a key"):
        storage.put(key, b"x")


@given(st.text())
def test_a_key_is_never_a_path(text: str) -> None:
    try:
        key = check_key(text)
    except ValueError:
        return
    assert not set(key) & set("./\\\0")


def test_our_own_keys_are_keys() -> None:
    assert all(check_key(key) == key for key in (opaque_key() for _ in range(100)))


def test_a_write_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = DirectoryStorage(tmp_path)

    def no_room(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StorageUnavailable):
        storage.put(opaque_key(), b"x" * 1000)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_sweep(tmp_path: Path) -> None:
    storage = DirectoryStorage(tmp_path)
    part = tmp_path / ".part-0123456789abcdef"
    part.write_bytes(b"half")
    assert list(storage.keys(now() - SOON)) == []
    assert part.exists()  # it may still be being written
    assert list(storage.keys(now() + SOON)) == []
    assert not part.exists()


def test_a_directory_that_cannot_be_used_is_said_to_be_unavailable(tmp_path: Path) -> None:
    (tmp_path / "up").write_text("a file where the directory should be")
    storage = DirectoryStorage(tmp_path / "up")
    calls: list[Callable[[], object]] = [
        lambda: storage.put(opaque_key(), b"x"),
        lambda: storage.get(opaque_key()),
        lambda: list(storage.keys(now())),
    ]
    for call in calls:
        with pytest.raises(StorageUnavailable):
            call()


def test_a_short_failure_of_s3_is_repeated(s3: S3Server) -> None:
    storage = registry.create(s3_settings(s3))
    key = opaque_key()
    s3.failures = [503, 500]
    storage.put(key, b"x")
    assert s3.calls == ["PUT"] * 3
    assert storage.get(key) == b"x"


def test_a_long_failure_of_s3_is_said_and_not_repeated_for_ever(s3: S3Server) -> None:
    storage = registry.create(s3_settings(s3))
    s3.failures = [503] * 10
    with pytest.raises(StorageUnavailable, match="put: SlowDown"):
        storage.put(opaque_key(), b"x")
    assert len(s3.calls) == 3


def test_a_wrong_account_is_no_missing_file(s3: S3Server) -> None:
    storage = registry.create(s3_settings(s3, s3_secret_key="another"))
    with pytest.raises(StorageUnavailable, match="SignatureDoesNotMatch"):
        storage.get(opaque_key())


def test_a_missing_bucket_is_no_missing_file(s3: S3Server) -> None:
    storage = registry.create(s3_settings(s3, s3_bucket="khac"))
    with pytest.raises(StorageUnavailable, match="NoSuchBucket"):
        storage.get(opaque_key())


def test_an_s3_that_is_down_is_unavailable() -> None:
    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name=s3_server.REGION,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    storage = S3Storage(client, s3_server.BUCKET)
    with pytest.raises(StorageUnavailable, match="EndpointConnectionError"):
        storage.put(opaque_key(), b"x")


def test_objects_of_others_in_the_bucket_are_left_alone(s3: S3Server) -> None:
    storage = registry.create(s3_settings(s3))
    s3.objects["khac/tep"] = (b"theirs", now() - timedelta(days=30))
    assert list(storage.keys(now() + SOON)) == []


def test_s3_needs_a_bucket() -> None:
    with pytest.raises(ValueError, match="MOTCUA_S3_BUCKET"):
        Settings(storage="s3")
