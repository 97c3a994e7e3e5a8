#!/usr/bin/env python3
"""The one command. It parses and calls; the engine is in fleuve/, the pipeline in plugins/, the migration in migration/."""

import sys

from fleuve.command import main

if __name__ == "__main__":
    sys.exit(main())
