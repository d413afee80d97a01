"""The catalogue's pages: look through, change with a second person's approval, history."""
