"""One-stop units (bộ phận Một cửa): where they are, which communes they serve, when they are open."""
