"""DER and BER octets, read strictly and written."""
