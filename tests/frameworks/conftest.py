"""The peers import the real frameworks, which the tests do without."""

collect_ignore_glob = ["peers/*", "record.py"]
