"""Sheets brought into registers: received, understood, compared, written in one piece, taken back."""
