"""`python -m onestop …`: the officers' and operators' commands of the one-stop service."""

from __future__ import annotations

import sys

from onestop.cli import main

if __name__ == "__main__":
    sys.exit(main())
