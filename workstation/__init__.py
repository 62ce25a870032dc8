"""The verification of one critical operation: policy, session, decision, record. No Qt."""

__version__ = "0.1.0"
