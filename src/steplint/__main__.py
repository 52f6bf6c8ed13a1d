"""`python -m steplint` is `steplint`."""

import sys

from steplint.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
