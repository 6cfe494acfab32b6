"""定期回复: what cadres owe, and writing it."""
