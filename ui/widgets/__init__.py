"""Small widgets, one noun each: they know Qt and the theme, and nothing of payments."""
