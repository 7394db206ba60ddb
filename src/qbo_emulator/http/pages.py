"""How pages are made from templates."""

import jinja2

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("qbo_emulator", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
