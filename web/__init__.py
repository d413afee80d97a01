"""The public pages: the portal with the chat widget, the API documentation, health."""
