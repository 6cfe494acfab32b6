"""What crosses the wire: entries, record kinds, forms and problem codes. No I/O."""
