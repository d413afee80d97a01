"""The back ends, one module each."""
