"""Builds the documentation site: pages written by hand and pages made from rules, commands, models and docstrings.

    python -m docs.site            # → build/docs/site   (make site)

`mkdocs.yml` beside this file holds the navigation. A page that is not in it, a link that leads nowhere or a key without
a description ends the build.
"""
