"""What measures speed, memory, search and understanding; each module prints one JSON line."""
