"""Drafts and dossiers: fill in, submit once, tell where it stands."""
