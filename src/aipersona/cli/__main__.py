"""`python -m aipersona.cli` is `aipersona`."""

from aipersona.cli import main

main()
