"""Passwords: argon2id, with the parameters that argon2-cffi keeps up to date (RFC 9106)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# NIST SP 800-63B: length counts, rules of composition do not; a second factor stands beside it.
SHORTEST, LONGEST = 10, 128

_hasher = PasswordHasher()


class WeakPasswordError(ValueError):
    """A password that is refused; `code` is `too_short`, `too_long`, `too_simple` or `same`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        WeakPasswordError: with why.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError("too_short")
    if len(password) > LONGEST:
        raise WeakPasswordError("too_long")
    if name.casefold() in password.casefold() or len(set(password)) < SHORTEST // 2:
        raise WeakPasswordError("too_simple")


def hashed(password: str) -> str:
    """The hash to keep. Takes some 50 ms and 64 MB: not on the event loop."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; without one the same work is done for nothing."""
    try:
        return _hasher.verify(kept or _nobodys(), password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@dataclass(frozen=True)
class FirstPassword:
    """A password to be handed over once, and its hash to be kept."""

    text: str
    kept: str


def first(name: str, text: str | None = None) -> FirstPassword:
    """A first password for an account: the given one, or one of 96 bits. As slow as `hashed`.

    Raises:
        WeakPasswordError: if the given one is easily guessed.
    """
    if text is not None:
        check(text, name)
    text = text or secrets.token_urlsafe(12)
    return FirstPassword(text, hashed(text))


@lru_cache(1)
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe())
