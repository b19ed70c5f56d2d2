"""Makes proof files from a node: all that the verifier will ask, and nothing else."""
