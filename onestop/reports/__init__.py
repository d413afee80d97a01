"""What is counted for the agency's own reports; nothing here names a citizen."""
