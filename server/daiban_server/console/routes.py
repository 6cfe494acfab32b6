"""The console's pages."""

from pathlib import Path

from litestar.static_files import create_static_files_router

ROUTES: list[type] = []
STATIC = create_static_files_router(path="/static", directories=[Path(__file__).parent / "static"])
