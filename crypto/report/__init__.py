"""What a validation answers: policy in, report out, and how a report is read again."""
