"""What every part of the system stands on: settings, logs, the database, errors for programs."""
