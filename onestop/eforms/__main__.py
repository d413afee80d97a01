"""`python -m onestop.eforms`: check all e-forms and write the JSON Schema that editors check by."""

from __future__ import annotations

import json
import sys

from common.settings import ROOT
from onestop.eforms.definition import EForm, EFormError, load_eforms

SCHEMA = ROOT / "data" / "schemas" / "eform.schema.json"
DIRECTORY = ROOT / "data" / "eforms"


def schema_text() -> str:
    """The JSON Schema of an e-form file, generated from the model."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EForm.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    """Write the schema, then check the forms; 1 if one is faulty."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    try:
        forms = load_eforms(DIRECTORY)
    except EFormError as error:
        print(error, file=sys.stderr)
        return 1
    for form in forms.values():
        print(f"{form.id} {form.version}: {len(form.fields)} fields")
    return 0


if __name__ == "__main__":
    sys.exit(main())
