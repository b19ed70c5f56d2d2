"""Reading and writing what is not on the chain: one file a subject."""
