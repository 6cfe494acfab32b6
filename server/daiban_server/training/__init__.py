"""Training (练习): a server of its own on which everything is made up, begun anew as often as anybody wants."""
