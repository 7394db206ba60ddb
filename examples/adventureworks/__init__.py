"""AdventureWorks, the bicycle maker of Microsoft's sample databases, as files for `tieout import`.

`python -m examples.adventureworks DATA OUT` reads its tables (CSV with a header row) from DATA and writes one file
a kind to OUT. Nothing of the data is kept here; where to get it and what was chosen: README.md beside this file.
"""
