"""Personal data: masks, the full view and its audit, consent, logs that carry nothing."""
