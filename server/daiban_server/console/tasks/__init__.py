"""待办: what is to be looked at, whose it is, and what became of it."""
