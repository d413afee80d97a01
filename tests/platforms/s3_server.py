"""A small S3 service on the loopback: one bucket, signatures checked as AWS writes them (Signature Version 4).

Written from the public description of the API (PutObject, GetObject, DeleteObject, ListObjectsV2), not with
the client's library, so that the two can disagree.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, REGION = "ho-so", "vn-1"
ACCESS_KEY, SECRET_KEY = "test-account", "test-secret"
PAGE = 2  # objects in one answer to a listing, so that pages must be followed


class S3Server(ThreadingHTTPServer):
    """What is kept, and how the next calls fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.calls: list[str] = []
        self.failures: list[int] = []  # statuses of the next answers

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running() -> Iterator[S3Server]:
    """The service, as long as it is needed."""
    server = S3Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: S3Server

    def log_message(self, *_args: object) -> None:
        """Quiet."""

    def _signed(self, body: bytes) -> bool:
        """Whether the request bears the signature that our secret gives."""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            self.headers.get("Authorization", ""),
        )
        if found is None or found[1] != ACCESS_KEY or found[3] != REGION:
            return False
        day, names, signature = found[2], found[4].split(";"), found[5]
        stamp, digest = self.headers["x-amz-date"], self.headers["x-amz-content-sha256"]
        if digest != hashlib.sha256(body).hexdigest() or "host" not in names:
            return False
        parts = urlsplit(self.path)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        canonical = "\n".join(
            [
                self.command,
                quote(unquote(parts.path), safe="/-_.~"),
                "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query),
                *(f"{name}:{' '.join(self.headers[name].split())}" for name in names),
                "",
                ";".join(names),
                digest,
            ]
        )
        scope = f"{day}/{REGION}/s3/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        key = f"AWS4{SECRET_KEY}".encode()
        for part in (day, REGION, "s3", "aws4_request"):
            key = _hmac(key, part)
        wanted = _hmac(key, "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashed])).hex()
        return hmac.compare_digest(wanted, signature)

    def _answer(self, status: int, body: bytes = b"", kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def _handle(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.calls.append(self.command)
        if server.failures:
            self._error(server.failures.pop(0), "SlowDown")
        elif not self._signed(body):
            self._error(403, "SignatureDoesNotMatch")
        else:
            self._act(body)

    def _act(self, body: bytes) -> None:
        objects = self.server.objects
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if bucket != BUCKET:
            self._error(404, "NoSuchBucket")
        elif self.command == "PUT":
            objects[key] = (body, datetime.now(UTC))
            self._answer(200)
        elif self.command == "DELETE":
            objects.pop(key, None)
            self._answer(204)
        elif not key:
            self._list(dict(parse_qsl(urlsplit(self.path).query)))
        elif key in objects:
            self._answer(200, objects[key][0], "application/octet-stream")
        else:
            self._error(404, "NoSuchKey")

    def _list(self, query: dict[str, str]) -> None:
        after = query.get("continuation-token", "")
        prefix = query.get("prefix", "")
        names = sorted(
            name for name in self.server.objects if name.startswith(prefix) and name > after
        )
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>"
            f"{self.server.objects[name][1]:%Y-%m-%dT%H:%M:%S.%f}Z</LastModified></Contents>"
            for name in names[:PAGE]
        )
        more = len(names) > PAGE
        token = f"<NextContinuationToken>{names[PAGE - 1]}</NextContinuationToken>" if more else ""
        text = (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{rows}{token}"
            "</ListBucketResult>"
        )
        self._answer(200, text.encode())

    do_GET = do_PUT = do_DELETE = _handle  # noqa: N815
