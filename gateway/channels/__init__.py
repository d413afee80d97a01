"""One package a platform: how its messages come in and how replies go out."""
