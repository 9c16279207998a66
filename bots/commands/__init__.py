"""Everything the bot can be asked. A new command is one file here and one line below."""

from bots.commands.back import BACK
from bots.commands.board import BOARD
from bots.commands.call import CALL
from bots.commands.calls import CALLS
from bots.commands.case import CASE
from bots.commands.help import HELP
from bots.commands.lang import LANG
from bots.commands.link import LINK
from bots.commands.stop import STOP
from bots.commands.vote import VOTE

COMMANDS = (HELP, CALLS, CALL, CASE, VOTE, BOARD, BACK, STOP, LANG, LINK)
