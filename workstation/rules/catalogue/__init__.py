"""The catalogue of operations as a policy states it: fields, their values, words."""
