"""Rules of the market and of the certificates: pure integers, no clock, no input or output."""
