"""The only SQL of the package: what must survive a power cut."""
