"""Documents that staff keep beside the catalogue: e-forms, units, the calendar, everyday words, answers.

Each is shipped as a file of `data/`; what staff have made of it is a row here and counts instead of the file.
"""
