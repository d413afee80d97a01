"""The domain: catalogue, e-forms, drafts and dossiers, and its HTTP service. It knows nothing of Rasa."""
