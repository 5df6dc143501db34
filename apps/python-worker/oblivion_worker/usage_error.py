"""A command that was called, or an environment that was set, in a way that cannot be followed."""

from __future__ import annotations


class UsageError(Exception):
    """Its message says what to do."""
