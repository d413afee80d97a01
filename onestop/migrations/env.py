"""Alembic's environment of the one-stop database."""

import onestop.backends.outbox
import onestop.bookings.models
import onestop.catalogue.imports
import onestop.catalogue.models
import onestop.changes.models
import onestop.dossiers.models
import onestop.feedback.models
import onestop.kept.models
import onestop.notices.models
import onestop.payments.models
import onestop.post.models
import onestop.privacy.models
import onestop.reports.models
import onestop.staff.models
import onestop.transcripts.models  # noqa: F401
from common.migrations import run_environment
from onestop.models import Base

run_environment(Base.metadata)
