"""The database: tables, and programs that run alike on SQLite and PostgreSQL. See DESIGN.md here."""
