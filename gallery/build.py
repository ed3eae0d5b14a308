"""Rebuild the README's and the manual's sessions, tables and pictures, the gallery, and the schema beside the presets.

python gallery/build.py
"""

from maker.project import main

if __name__ == "__main__":
    main()
