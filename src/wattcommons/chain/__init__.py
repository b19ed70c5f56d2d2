"""Everything that speaks to an Ethereum node: the only layer that imports web3."""
