"""Cases: from the resident's door to the archive, and the rules on the way."""
