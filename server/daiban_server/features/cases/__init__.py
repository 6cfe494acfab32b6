"""Cases: what submitting, accepting and completing an application means at the centre."""
