"""``make soak``: everything that looks for losses, for as long as there is time, and one table at the end."""
