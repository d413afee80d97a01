"""What citizens say of the service: complaints and suggestions, and ratings of finished dossiers."""
