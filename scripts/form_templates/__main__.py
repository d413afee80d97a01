"""Write the templates that differ from their files; a form that cannot be read is said in one line."""

from __future__ import annotations

import sys

import docx

from scripts.form_templates import templates
from scripts.form_templates.definition import DIRECTORY, FormError
from scripts.form_templates.layout import content


def main() -> int:
    """Write `data/forms/*.docx`."""
    try:
        made = templates()
    except FormError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, document in made.items():
        path = DIRECTORY / f"{name}.docx"
        if not path.exists() or content(docx.Document(str(path))) != content(document):
            document.save(str(path))
            sys.stdout.write(f"{name}.docx\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
