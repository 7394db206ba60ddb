"""Files of masters, stock, orders and receipts, brought in whole or not at all.

Owns the templates, the reading and the checking of files. Never decides what an act does: the contexts below do.
"""

from tieout.imports.importing import run, template
from tieout.imports.loading import TEMPLATES
from tieout.imports.problems import Problem, Report, silent
from tieout.imports.tables import Given

__all__ = ["TEMPLATES", "Given", "Problem", "Report", "run", "silent", "template"]
