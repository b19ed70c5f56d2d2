"""What becomes of an event: one file a subject, each a set of handlers over the same rows."""
