"""``python -m daiban_server.demo.year FOLDER``: as ``daiban demo-year``."""

from daiban_server.demo.year.command import demo_year

demo_year()
