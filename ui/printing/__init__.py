"""Long tables on paper: streamed page by page, with text that can be searched and copied."""
