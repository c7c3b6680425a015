"""The parts of `vocab.merge`: one file a question, such as whose people, which dates, what conflicts."""
