"""Where figures and papers meet: features do not know each other, so what prints one as the other stands here."""
