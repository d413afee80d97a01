"""Contents in a bucket of an S3-compatible service (AWS S3, MinIO, Ceph, a Vietnamese cloud's), by boto3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.settings import Settings
from onestop.storage.base import NotStored, StorageUnavailable, check_key

CONNECT_SECONDS, READ_SECONDS = 3, 20
TRIES = 3
MISSING = {"NoSuchKey", "404"}


class S3Storage:
    """Keeps each content as an object named by its key under a prefix of one bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    @classmethod
    def from_settings(cls, config: Settings) -> S3Storage:
        """The bucket that the settings name; without an account boto3 looks for its usual ones."""
        client = boto3.client(
            "s3",
            endpoint_url=config.s3_url or None,
            region_name=config.s3_region,
            aws_access_key_id=config.s3_access_key or None,
            aws_secret_access_key=config.s3_secret_key.get_secret_value() or None,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                # Only failures that a repeat can mend; every call here may be repeated.
                retries={"mode": "standard", "total_max_attempts": TRIES},
                # Addresses without a host for each bucket: what a service in one's own house has.
                s3={"addressing_style": "path"} if config.s3_url else {},
                # Many S3-compatible services do not know the checksum trailers that are sent since 2025.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        return cls(client, config.s3_bucket, config.s3_prefix)

    @contextmanager
    def _calling(self, call: str) -> Iterator[None]:
        """Failures of the client as ours; their texts may name addresses, so only their codes are told."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))[:40]
            if call == "get" and code in MISSING:
                raise NotStored(call) from error
            raise StorageUnavailable(f"{call}: {code}") from error
        except (BotoCoreError, OSError) as error:
            raise StorageUnavailable(f"{call}: {type(error).__name__}") from error

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{check_key(key)}"}

    def put(self, key: str, content: bytes) -> None:
        """One PUT: the service keeps the whole object or nothing."""
        with self._calling("put"):
            self._client.put_object(**self._place(key), Body=content)

    def get(self, key: str) -> bytes:
        """One GET."""
        with self._calling("get"):
            content: bytes = self._client.get_object(**self._place(key))["Body"].read()
            return content

    def delete(self, key: str) -> None:
        """One DELETE; S3 says the same when there was nothing."""
        with self._calling("delete"):
            self._client.delete_object(**self._place(key))

    def keys(self, before: datetime) -> Iterator[str]:
        """The objects under the prefix by their time, page by page."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._calling("keys"):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for one in page.get("Contents", []):
                    if one["LastModified"] < before:
                        yield str(one["Key"]).removeprefix(self._prefix)
