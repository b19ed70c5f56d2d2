"""Runs of a whole community, composed of services: what `watt replay` and `watt demo` do."""
