"""Our JSON-LD contexts, one file each; `vocab.graph.jsonld.load_context` reads them."""
