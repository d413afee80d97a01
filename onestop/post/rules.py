"""What the post costs and how its states are told (data/post/post.yml)."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from common import yaml_files
from common.settings import ROOT
from common.tenant import tenant
from onestop.eforms.divisions import index
from onestop.schemas import PostFee

FILE = ROOT / "data" / "post" / "post.yml"
SAME, OTHER = "same_province", "other_province"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Part):
    """The price up to a weight, in đồng."""

    up_to_grams: int = Field(gt=0)
    amount: int = Field(ge=0)


class Fees(_Part):
    """Prices by zone and weight; told as estimates unless `verified`."""

    source: str
    verified: bool
    grams: int = Field(gt=0)
    zones: dict[str, tuple[Step, ...]]


class InPerson(_Part):
    """Procedures whose result is handed over only to those who come and sign."""

    procedures: tuple[str, ...]
    legal_basis: str


class PostRules(_Part):
    """The whole file."""

    fees: Fees
    states: dict[str, str]
    services: dict[str, str]
    in_person: tuple[InPerson, ...]


@cache
def rules() -> PostRules:
    """The rules, read once."""
    return PostRules.model_validate(yaml_files.read(FILE))


def in_person(procedure: str) -> bool:
    """Whether the result of a procedure, by its code, cannot be sent."""
    return any(procedure in one.procedures for one in rules().in_person)


def zone_of(province_code: str, division: str) -> str:
    """Whether an address lies in the tenant's own province of today.

    Args:
        province_code: of the address, as `onestop.eforms.addresses` reads it.
        division: "2025" or "before_2025".
    """
    successor = index().successor
    here = {successor.get(code, code) for code in tenant().units.provinces}
    today = successor[province_code] if division == "before_2025" else province_code
    return SAME if today in here else OTHER


def fee(zone: str, grams: int | None = None) -> PostFee:
    """The price to a zone.

    Args:
        zone: as `zone_of` tells.
        grams: the weight; `None`: what a parcel is taken to weigh.

    Raises:
        ValueError: if it is heavier than the price list knows.
    """
    prices = rules().fees
    weight = prices.grams if grams is None else grams
    for step in prices.zones[zone]:
        if weight <= step.up_to_grams:
            return PostFee(zone=zone, amount=step.amount, estimated=not prices.verified)
    raise ValueError(f"no price for {weight} g")
