"""Features: one folder for each thing that is more than a record. Features do not know each other."""
