"""A timetable kept in a spreadsheet, brought in as a plan: read, matched with needs, judged, written."""
