"""``python -m daiban_server.training``: as ``daiban training``."""

from daiban_server.training.command import training

training()
