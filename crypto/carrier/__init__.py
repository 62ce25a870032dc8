"""Where a customer's signature comes from; what a carrier returns is untrusted until validated."""
