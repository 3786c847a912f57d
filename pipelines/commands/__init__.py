"""What each command of `scorecards` does; pipelines/cli.py only parses the command line."""
