"""Queries of the index for the API: typed values out, one file a subject."""
