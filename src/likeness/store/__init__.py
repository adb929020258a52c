"""What the library stands on: files that are complete or absent, and one SQLite database."""
