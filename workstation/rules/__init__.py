"""Critical operations, checks and the policy that binds them."""
