"""Rows and sums as the answers of the API: pure, one file a subject."""
