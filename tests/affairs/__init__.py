"""What everybody may see, ask and say."""
