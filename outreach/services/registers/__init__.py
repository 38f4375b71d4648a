"""Registers: the lists a library keeps by hand, by sheet and by API, each with the same verbs."""
