"""From a meter to the chain: sources of readings, signing and pushing."""
