"""The edge: the only part that the internet reaches; keeps messages, has them answered."""
