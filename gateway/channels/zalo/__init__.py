"""Zalo: the province's Official Account, API v3."""
