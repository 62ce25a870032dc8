"""How a chip opens to who has read its printed lines, and proves that it is no copy."""
