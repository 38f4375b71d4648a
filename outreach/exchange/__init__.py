"""Sheets and coordinates as other programs write them: files in, files out. Knows no database and no page."""
