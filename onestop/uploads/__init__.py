"""What is done with a file before it is kept: its kind, its cleaning, whether it can be read."""
