"""Open affairs: what everybody may see, ask and say without signing in, and the answers that are owed for it."""
