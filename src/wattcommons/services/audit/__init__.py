"""The audit: a community's whole book re-derived from raw logs by the domain's rules, and compared with the chain."""
