"""What the customer's window is made of: words, text to read, and the customer's own answer."""
