#!/usr/bin/env python3
"""The one command. It parses and calls; the engine is in fleuve/, the pipeline in plugins/, the migration in migration/."""

import sys

if __name__ == "__main__":
    try:
        from fleuve.command import main

        sys.exit(main())
    except KeyboardInterrupt:  # in the instant that it takes to begin and to end; main() answers for the rest
        print("build.py\u00a0: Interrompu. Rien n’est perdu.", file=sys.stderr)
        sys.exit(2)
