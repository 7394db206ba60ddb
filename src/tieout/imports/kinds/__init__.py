"""The kinds of files, one module each: its template, what is checked, and how its rows become real ones."""
