"""Checks a certificate's proof file: no node, no network, nothing of the package but its rules."""
