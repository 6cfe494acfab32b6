"""What everybody may see: the hall's screen, and the resident's own pages."""
