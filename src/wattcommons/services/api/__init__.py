"""The web API: what members, operators, third parties and their wallets ask over HTTP."""
