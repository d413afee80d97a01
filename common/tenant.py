"""The tenant: the province whose portal is served, read once from `data/tenant/<tenant>.yml`."""

from __future__ import annotations

from functools import lru_cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from common.settings import ROOT, settings


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hotline(_Part):
    """A telephone number for citizens: as dialled, as shown, and whose it is."""

    number: str = Field(pattern=r"^\d{3,15}$")
    display: str
    name: str


class OpeningHours(_Part):
    """The hours of one-stop units on some days, in words."""

    days: str
    hours: str


class PopularProcedure(_Part):
    """A quick choice on the portal page: the procedure's national code, a short and a full name."""

    code: str = Field(pattern=r"^\d\.\d{6}$")
    label: str
    name: str


class Tenant(_Part):
    """What differs from province to province, as far as citizens see it."""

    name: str
    note: str = ""
    agency_identifier: str = Field(pattern=r"^[A-Z]\d{2}(\.\d{1,3})*$")
    hotline: Hotline
    opening_hours: tuple[OpeningHours, ...]
    greeting: str
    popular: tuple[PopularProcedure, ...] = ()


@lru_cache
def tenant() -> Tenant:
    """The tenant that the settings name.

    Raises:
        FileNotFoundError: if there is no such file.
        pydantic.ValidationError: if the file does not fit.
    """
    path = ROOT / "data" / "tenant" / f"{settings().tenant}.yml"
    return Tenant.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
