"""Key stores of the sandbox: PKCS#12 with the ciphers of НУЦ РК."""
