"""Notice and consent: what the centre does where they are missing, or were withdrawn."""
