"""The pages at the chair: one session from check-in to signed record, and its live stream."""
