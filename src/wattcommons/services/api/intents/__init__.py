"""Signed messages of members on their way to the chain: checked, kept, sent, followed until they are final."""
