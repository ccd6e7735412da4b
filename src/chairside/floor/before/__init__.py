"""Pages of a session before its start: check-in, order, preparation, time-out."""
