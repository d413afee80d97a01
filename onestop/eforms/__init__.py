"""E-forms: what is asked for a dossier, how answers are read and checked, what comes next."""
