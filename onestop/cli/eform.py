"""`python -m onestop eform check | preview | print | schema | import-formio`: e-forms by staff."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml

from common.settings import ROOT, settings
from onestop.eforms.answers import Refusal
from onestop.eforms.checking import check_file
from onestop.eforms.definition import EForm, EFormError, load_eforms, read_eform
from onestop.eforms.formio import FormioError, convert
from onestop.eforms.preview import preview

DIRECTORY = ROOT / "data" / "eforms"
SCHEMA = ROOT / "data" / "schemas" / "eform.schema.json"
PREVIEW_PORT = 8090
_MODELINE = "# yaml-language-server: $schema=../schemas/eform.schema.json\n"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `eform`."""
    group = subparsers.add_parser("eform", help="e-forms: check, preview, import")
    commands = group.add_subparsers(required=True, metavar="COMMAND")

    checking = commands.add_parser("check", help="say all that is wrong in forms")
    checking.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="default: all shipped"
    )
    checking.add_argument("--preview", action="store_true", help="print the questions in order")
    checking.set_defaults(run=run_check)

    showing = commands.add_parser("preview", help="a page that asks a form as the chat will")
    showing.add_argument("file", type=Path, metavar="FILE")
    showing.add_argument("--port", type=int, default=PREVIEW_PORT, help="on the loopback")
    showing.set_defaults(run=run_preview)

    describing = commands.add_parser("schema", help="the JSON Schema of data/eforms/*.yml")
    describing.add_argument("--write", action="store_true", help="to its file, not to the screen")
    describing.set_defaults(run=run_schema)

    printing = commands.add_parser("print", help="the document of a form filled by its examples")
    printing.add_argument("file", type=Path, metavar="FILE")
    printing.add_argument("out", type=Path, metavar="OUT.docx|OUT.pdf")
    printing.set_defaults(run=run_print)

    importing = commands.add_parser(
        "import-formio", help="a Form.io form as YAML, to finish by hand"
    )
    importing.add_argument("file", type=Path, metavar="FILE.json")
    importing.set_defaults(run=run_import_formio)


def schema_text() -> str:
    """The JSON Schema of an e-form file, generated from the model."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EForm.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def run_check(options: argparse.Namespace) -> int:
    """Check files, or the shipped forms and that no two of them serve one procedure."""
    faults: list[str] = []
    today = datetime.now(UTC).date()
    for path in options.files or sorted(DIRECTORY.glob("*.yml")):
        found = check_file(path, today)
        faults += found
        if found:
            continue
        form = read_eform(path)
        if options.preview:
            sys.stdout.write("\n".join(preview(form)) + "\n")
        else:
            sys.stdout.write(f"{path.name}: version {form.version}, {len(form.fields)} fields\n")
    if not options.files and not faults:
        try:
            load_eforms(DIRECTORY)
        except EFormError as error:
            faults += error.faults
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def run_preview(options: argparse.Namespace) -> int:
    """Serve the preview of a file until interrupted; the file is read again whenever it is saved."""
    # Here: the other commands need no server.
    from aiohttp import web

    from onestop.preview.server import create_app

    if not options.file.is_file():
        sys.stderr.write(f"{options.file}: there is no such file\n")
        return 1
    sys.stdout.write(f"http://127.0.0.1:{options.port}/ (Ctrl-C ends)\n")
    sys.stdout.flush()
    try:
        web.run_app(create_app(options.file), host="127.0.0.1", port=options.port, print=None)
    except OSError as error:
        sys.stderr.write(f"port {options.port}: {error.strerror}\n")
        return 1
    return 0


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema, or write it to its file."""
    if options.write:
        SCHEMA.write_text(schema_text(), encoding="utf-8")
    else:
        sys.stdout.write(schema_text())
    return 0


def run_print(options: argparse.Namespace) -> int:
    """Write the document of a form filled by its own examples; PDF where LibreOffice is installed."""
    # Here: the other commands need none of the libraries of documents.
    from onestop.documents import docx, sample
    from onestop.documents.pdf import Converter, PdfUnavailable

    try:
        form = read_eform(options.file)
        made = docx.render(sample.document(form, datetime.now(UTC).date()))
        if options.out.suffix == ".pdf":
            made = asyncio.run(Converter(settings().soffice).convert(made))
    except (EFormError, Refusal, PdfUnavailable) as error:
        sys.stderr.write(f"{options.file.name}: {error}\n")
        return 1
    options.out.write_bytes(made)
    return 0


def run_import_formio(options: argparse.Namespace) -> int:
    """Print the form as YAML; what could not be taken goes to stderr, a line each."""
    consent = read_eform(DIRECTORY / "general.yml").consent_text
    try:
        imported = convert(json.loads(options.file.read_text(encoding="utf-8")), consent)
    except (FormioError, ValueError, RecursionError) as error:
        sys.stderr.write(f"{options.file.name}: {error}\n")
        return 1
    sys.stdout.write(_MODELINE)
    yaml.safe_dump(imported.form, sys.stdout, allow_unicode=True, sort_keys=False, width=110)
    sys.stderr.writelines(f"{options.file.name}: {line}\n" for line in imported.unmapped)
    sys.stderr.write(f"{options.file.name}: the consent is the general form's; write its own\n")
    return 0
