"""Write all templates; a form that cannot be read is said in one line."""

from __future__ import annotations

import sys

from scripts.form_templates import templates
from scripts.form_templates.definition import DIRECTORY, FormError


def main() -> int:
    """Write `data/forms/*.docx`."""
    try:
        made = templates()
    except FormError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, document in made.items():
        document.save(str(DIRECTORY / f"{name}.docx"))
        sys.stdout.write(f"{name}.docx\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
