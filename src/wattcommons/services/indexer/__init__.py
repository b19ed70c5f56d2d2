"""The indexer: reads the chain's logs into the store and derives from them what the API answers with."""
