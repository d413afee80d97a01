"""Alembic's environment of the gateway's database."""

from common.migrations import run_environment
from gateway.models import Base

run_environment(Base.metadata)
