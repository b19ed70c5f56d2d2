"""Files that customers and network operators bring, one module a layout."""
