"""Clinics, people, roles and sign-in."""
