"""Registries outside the bank: whose number, any fraud alert, any refusal of loans.

An answer is a value with three states; a registry that does not answer has not answered.
"""
