"""What runs: each service by itself, on the domain and the chain; siblings never import each other."""
