"""From the books onto paper."""
