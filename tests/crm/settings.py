"""Settings of the CRM under test: its own, on our database. This file is copied beside its manage.py and imported there only."""

import os

from webcrm.settings import *  # noqa: F403 - the CRM's own settings

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": os.environ["CRM_PORT"],
        "NAME": "crm",
        "USER": "postgres",
        "PASSWORD": os.environ["CRM_PASSWORD"],
    }
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
