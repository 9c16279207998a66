"""`python -m network_app.cli` is the same as `network-app`."""

from network_app.cli import main

main()
