"""Transcripts: what was said in conversations, masked, for review; the clear text is encrypted beside it."""
