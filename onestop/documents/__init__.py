"""Filled e-forms as documents to print: DOCX from a template of Word, PDF by LibreOffice where it is there."""
