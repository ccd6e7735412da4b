"""Chairside: the open clinic system for ketamine infusion therapy."""
