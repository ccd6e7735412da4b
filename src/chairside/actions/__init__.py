"""Every deliberate write: one verb, one transaction, one audit line; keyword-only, always `by` and `at`."""
