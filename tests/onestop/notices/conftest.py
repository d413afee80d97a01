"""The same databases and small e-form as for dossiers."""

from __future__ import annotations

from tests.onestop.dossiers import conftest as dossiers

onestop_database = dossiers.onestop_database
database, procedure, forms = dossiers.database, dossiers.procedure, dossiers.forms
