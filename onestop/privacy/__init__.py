"""What is kept of citizens, for how long, and how it goes: retention, legal holds, erasure on request."""
