"""Code inside the Rasa server: understanding, the internal channel, the tracker store."""
