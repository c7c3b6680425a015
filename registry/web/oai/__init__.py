"""OAI-PMH 2.0 at `/oai`: arguments, tokens, errors, the frame of an answer, and the six verbs.

Border: HTTP is in `blueprint`, SQL in `registry.oai_records`, formats in `vocab.faces`: a new one needs nothing here.
"""

from registry.web.oai.blueprint import oai_blueprint

__all__ = ["oai_blueprint"]
