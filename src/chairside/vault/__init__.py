"""Append-only tables: session events, audit lines, signed library bytes, messages kept for inspection."""
