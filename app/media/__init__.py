"""The media node: a process of its own that forwards calls. An island: it imports no room."""
