"""Run the command line: ``python -m connector`` is ``heatsync``."""

from connector.cli.main import main

if __name__ == "__main__":
    main()
