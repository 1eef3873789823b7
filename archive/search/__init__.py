"""What an archivist asks for: the query language, the index, the selection."""
