"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes on paper.

A code is accepted once (RFC 6238, 5.2): the account keeps the step of the last one, and only a later step
is taken, in one statement.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from onestop.staff.models import StaffAccount, StaffRecoveryCode

STEP_SECONDS = 30
# One step early or late: clocks of telephones go wrong, and typing takes time.
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def uri(secret: str, name: str, issuer: str) -> str:
    """What the authenticator's QR code says (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step that a code belongs to, if it is near `at`."""
    present = int(at.timestamp()) // STEP_SECONDS
    digits = "".join(code.split())
    for around in STEPS_AROUND:
        expected = pyotp.TOTP(secret).at((present + around) * STEP_SECONDS)
        if hmac.compare_digest(expected.encode(), digits.encode()):
            return present + around
    return None


def accept(session: Session, account: StaffAccount, code: str, at: datetime) -> bool:
    """Take a code of the authenticator, or a recovery code; each is good once."""
    if account.totp_secret is None:
        return False
    step = step_of(account.totp_secret, code, at)
    return (
        _take_step(session, account, step)
        if step is not None
        else _recover(session, account, code, at)
    )


def _take_step(session: Session, account: StaffAccount, step: int) -> bool:
    later = or_(StaffAccount.totp_last_step.is_(None), StaffAccount.totp_last_step < step)
    taken = (
        update(StaffAccount)
        .where(StaffAccount.id == account.id, later)
        .values(totp_last_step=step)
        .returning(StaffAccount.id)
    )
    return session.execute(taken).first() is not None


def _recover(session: Session, account: StaffAccount, code: str, at: datetime) -> bool:
    used = (
        update(StaffRecoveryCode)
        .where(
            StaffRecoveryCode.account_id == account.id,
            StaffRecoveryCode.digest == _digest(code),
            StaffRecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(StaffRecoveryCode.digest)
    )
    return session.execute(used).first() is not None


def begin(session: Session, account: StaffAccount) -> str:
    """Draw the secret that the authenticator is to hold; it counts once `confirm` was."""
    account.totp_pending = new_secret()
    session.flush()
    return account.totp_pending


def confirm(session: Session, account: StaffAccount, code: str, at: datetime) -> list[str] | None:
    """Let the drawn secret count if the code shows that the authenticator holds it.

    Returns:
        The recovery codes, to be shown once; None if the code is wrong.
    """
    if account.totp_pending is None:
        return None
    step = step_of(account.totp_pending, code, at)
    if step is None:
        return None
    account.totp_secret, account.totp_pending = account.totp_pending, None
    account.totp_last_step = step
    return renew_recovery_codes(session, account)


def renew_recovery_codes(session: Session, account: StaffAccount) -> list[str]:
    """New codes of 80 bits; older ones are good no more."""
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.account_id == account.id))
    codes = [_written(secrets.token_bytes(10)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        StaffRecoveryCode(digest=_digest(code), account_id=account.id) for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes are still good."""
    mine = select(func.count()).where(
        StaffRecoveryCode.account_id == account_id, StaffRecoveryCode.used_at.is_(None)
    )
    return session.scalar(mine) or 0


def forget(session: Session, account: StaffAccount) -> None:
    """Take the second factor away; the next log-in asks for a new one."""
    account.totp_secret = account.totp_pending = account.totp_last_step = None
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.account_id == account.id))


def _written(code: bytes) -> str:
    text = base64.b32encode(code).decode().lower()
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))


def _digest(code: str) -> str:
    plain = "".join(code.lower().replace("-", "").split())
    return hashlib.sha256(plain.encode()).hexdigest()
