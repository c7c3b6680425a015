"""A small stand-in of the source APIs over a sample world: for the demo and for tests, never for the product."""
