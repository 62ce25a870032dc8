"""Who takes part in an operation besides the customer, as the policy has it."""
