"""The pages of documents that staff keep: e-forms, hours and addresses, days off, everyday words."""
