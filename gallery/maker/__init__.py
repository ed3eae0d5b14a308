"""What `gallery/build.py` consists of: commands that are run, terminal views, tables, pages, the index."""
