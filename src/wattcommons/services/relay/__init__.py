"""A community's relay: takes signed runs from gateways, keeps them, brings them to the ledger in batches."""
