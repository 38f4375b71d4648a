"""The desk for programs: /api/v1, described by its own OpenAPI document. Why so: docs/decisions/0012-api.md."""
