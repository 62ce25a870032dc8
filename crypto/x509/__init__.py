"""X.509 certificates as the rules of НУЦ РК and RFC 5280 read them."""
