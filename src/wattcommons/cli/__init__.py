"""The `watt` command: one file a group of commands. The only layer that prints."""
