"""`python -m lrplot`."""

from lrplot.cli.main import main

main()
