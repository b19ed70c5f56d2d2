"""Watt Commons: the electricity market and certificate registry of an energy community."""

__version__ = "0.1.0"
