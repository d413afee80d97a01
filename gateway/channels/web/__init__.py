"""The web channel: the portal page's widget, and scripts."""
