"""Full-text search behind one interface, in our own terms."""
