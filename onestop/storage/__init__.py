"""Where the contents of citizens' files lie: one interface, a plug-in for each kind of place."""
