"""Questions to the books, asked inside a scope: journals, events, their lines, transmissions, and sums over them."""
