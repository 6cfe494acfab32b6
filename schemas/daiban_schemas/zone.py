"""The time by which days are counted: Beijing time."""

import datetime

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
