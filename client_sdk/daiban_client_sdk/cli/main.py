"""The group of all commands. The server's package adds its own by the entry point group ``daiban.commands``."""

import sys
from importlib.metadata import entry_points

import click

from daiban_client_sdk.cli import by_hand, visits
from daiban_client_sdk.cli.agent import agent
from daiban_client_sdk.cli.at_home import consent, leaving, mandate, papers, sign
from daiban_client_sdk.cli.locking import pin
from daiban_client_sdk.cli.posts import away, standing
from daiban_client_sdk.cli.rescue import rescue
from daiban_client_sdk.cli.verify import verify_command
from daiban_client_sdk.cli.words import Words, language_of
from daiban_client_sdk.errors import DeviceError, InvalidEntryError
from daiban_client_sdk.images import ImageError


class _Commands(click.Group):
    """Commands of this package and of those installed beside it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *(point.name for point in entry_points(group="daiban.commands"))])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            return found
        for point in entry_points(group="daiban.commands", name=cmd_name):
            try:
                command: click.Command = point.load()
            except ImportError:
                return _absent(cmd_name)
            return command
        return None


def _absent(name: str) -> click.Command:
    """What stands for a command whose package is not installed."""
    words = Words(language_of(None))
    text = words("服务器功能没有安装:pip install 'daiban[server]'")

    @click.pass_context
    def tell(context: click.Context) -> None:
        context.fail(text)

    return click.Command(name, callback=tell, short_help=text, context_settings={"ignore_unknown_options": True})


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), help="语言 / language")
@click.pass_context
def group(context: click.Context, lang: str | None) -> None:
    """代办：村级代办员的手机与中心之间的同步。 Daiban: field sync for village agents."""
    context.obj = Words(language_of(lang))


agent.add_command(papers)
agent.add_command(consent)
agent.add_command(leaving)
agent.add_command(mandate)
agent.add_command(sign)
agent.add_command(away)
agent.add_command(standing)
agent.add_command(pin)
agent.add_command(rescue)
for command in (*by_hand.COMMANDS, *visits.COMMANDS):
    agent.add_command(command)
group.add_command(agent)
group.add_command(verify_command)


def main() -> None:
    """Run a command; errors are told in words, with what to do, and exit with 1."""
    words = Words(language_of(_given_language(sys.argv)))
    try:
        group(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except InvalidEntryError as error:
        if not error.fields:
            click.echo(f"{words.problem(error.code)} [{error.code}]", err=True)
        for name, code in error.fields.items():
            click.echo(f"{name}  {words.problem(code)}", err=True)
        sys.exit(1)
    except DeviceError as error:
        click.echo(f"{words.problem(error.code)} [{error.code}]", err=True)
        sys.exit(1)
    except ImageError as error:
        click.echo(f"{error.advice} [{error.code}]", err=True)
        sys.exit(1)


def _given_language(arguments: list[str]) -> str | None:
    for one, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if one == "--lang":
            return following
        if one.startswith("--lang="):
            return one.removeprefix("--lang=")
    return None
