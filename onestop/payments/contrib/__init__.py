"""The payment providers, a module each."""
