"""Bringing signed runs to the ledger, and knowing what became of each: directly, or through a relay."""
