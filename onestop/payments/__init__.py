"""What a dossier costs, and how it is paid: fees, payments, the plug-ins of payment providers."""
