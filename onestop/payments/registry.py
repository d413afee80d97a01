"""Which providers this installation offers: those that are configured, in the order they are offered."""

from __future__ import annotations

from common.settings import Settings
from onestop.payments.base import Provider
from onestop.payments.contrib import fake, vietqr, vnpay

FACTORIES = (vnpay.create, vietqr.create, fake.create)


def providers(config: Settings) -> dict[str, Provider]:
    """The configured providers by name."""
    made = (create(config) for create in FACTORIES)
    return {one.name: one for one in made if one is not None}
