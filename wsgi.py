"""The web server's door for a server of your own choice: `waitress-serve wsgi:application`.

Background work runs apart then: OUTREACH_CONSUMER=off, and `python -m outreach worker`.
"""

from outreach.services.backups import ready_database
from outreach.settings import read_settings
from outreach.web.app import create_app
from outreach.wiring import open_house

house = open_house(read_settings())
ready_database(house)
application = create_app(house)
