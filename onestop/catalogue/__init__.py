"""The catalogue: procedures as they are told, stored, imported and searched."""
