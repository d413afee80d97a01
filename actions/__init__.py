"""Custom actions, one module a topic: ask the one-stop service, say the answer."""
