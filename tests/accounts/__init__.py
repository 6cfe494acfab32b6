"""How people at a desk show who they are."""
