"""The least that a command of Typer's can do.

python hello.py NAME
"""


def main() -> None:
    """Run a command with one argument."""
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command()
    def hello(name: str) -> None:
        typer.echo(f"hello {name}")

    app()


if __name__ == "__main__":
    main()
