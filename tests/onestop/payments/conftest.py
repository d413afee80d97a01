"""A submitted dossier of a procedure that costs 15,000 đồng, and a VNPay shop of our own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from common.database import Database
from onestop.catalogue.content import Procedure
from onestop.eforms.definition import EForm
from onestop.payments.contrib.vnpay import VNPay, sign
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_submission_races import OWNER, ready_draft, submit

procedure = dossiers.procedure
forms = dossiers.forms
onestop_database = dossiers.onestop_database
database = dossiers.database

SECRET = "a-secret-of-the-tests"
SHOP = "MOTCUA01"
FEE = 15_000


@pytest.fixture
def code(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """The code of a submitted dossier."""
    draft = database.transact(ready_draft, forms, procedure, OWNER)
    return database.transact(submit, draft, OWNER, procedure)


@pytest.fixture
def vnpay() -> VNPay:
    """The gateway with the tests' secret."""
    return VNPay("https://pay.example/pay", SHOP, SECRET, "https://motcua.example/payments/return")


def told(txn_ref: str, amount: int = FEE, secret: str = SECRET, **other: str) -> dict[str, str]:
    """A signed notice of VNPay; paid unless `other` says something else."""
    parameters = {
        "vnp_TmnCode": SHOP,
        "vnp_TxnRef": txn_ref,
        "vnp_Amount": str(amount * 100),
        "vnp_ResponseCode": "00",
        "vnp_TransactionStatus": "00",
        "vnp_TransactionNo": "14000001",
        "vnp_OrderInfo": "Thanh toan ho so & le phi",
        **other,
    }
    return {**parameters, "vnp_SecureHash": sign(parameters, secret)}
