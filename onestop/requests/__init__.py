"""Requests: what is settled in a few questions and is no dossier (a counter time, a delivery by post).

A request's questions are an e-form (`data/requests/`); its answers stay with who asks until it is
submitted, so that nothing half-made is kept here. Each kind is a class with its own package.
"""
