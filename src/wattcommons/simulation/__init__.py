"""A generated village: weather, sun, stream, homes and prices from one seed."""
