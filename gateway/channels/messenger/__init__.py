"""Messenger: the province's Facebook page."""
