"""Stored records judged again under other rules: what a draft of the policy would have changed."""
