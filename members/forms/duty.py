"""What is filled in about the duty roster, absences and time zones."""

from members.rules.duty import WEEKDAY_LABELS, WEEKDAYS
from network_app.core.i18n import lazy
from network_app.pages.forms import Day, Form, Line, Pick, Several


class TurnForm(Form):
    """Who answers for a coalition, and when."""

    coalition = Pick(lazy("Coalition"))
    handle = Line(lazy("Handle of the person"), longest=40)
    deputy = Line(lazy("Handle of the deputy"), longest=40, required=False)
    starts_on = Day(lazy("First day"))
    ends_on = Day(lazy("Last day"), required=False)
    weekdays = Several(lazy("On these days"), choices=[*WEEKDAY_LABELS.items()], default=[*WEEKDAYS])


class AwayForm(Form):
    """When I am out of office."""

    away_from = Day(lazy("First day away"))
    away_until = Day(lazy("Last day away"))


class ZoneForm(Form):
    """In which time zone I read moments."""

    zone = Pick(lazy("Time zone"), required=False)
