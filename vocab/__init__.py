"""What a module is: pure words, readers, merging, checks and published faces. No network, no database, no clock."""
