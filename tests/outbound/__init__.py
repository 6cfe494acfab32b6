"""What goes out by itself, and how it fares on the way."""
