"""How modules are kept and published: database, index, web, scheduler, command line."""
