"""The sourced clinical knowledge (TOML), its loader and its checker."""
