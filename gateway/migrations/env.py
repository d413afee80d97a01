"""Alembic's environment of the gateway's database."""

import gateway.handover.models  # noqa: F401 - its tables belong to the metadata
from common.migrations import run_environment
from gateway.models import Base

run_environment(Base.metadata)
