"""Staff: accounts, sessions, roles, and the audit of what they do."""
