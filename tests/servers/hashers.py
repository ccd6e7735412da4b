"""Argon2 with the least work it allows."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """For tests only."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
