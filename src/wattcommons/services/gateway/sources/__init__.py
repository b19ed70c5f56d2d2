"""Where readings come from: one module a kind of source."""
