"""Versions of the rules with their days: signed by two people of the bank, chosen by date."""
