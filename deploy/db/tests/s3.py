"""Storage that speaks S3 for the drill: moto behind a server that ends TLS connections as the standard wants.

Run by gunicorn: its own development server drops them, which pgBackRest takes for a failure, rightly.
"""

from moto.server import DomainDispatcherApplication, create_backend_app

app = DomainDispatcherApplication(create_backend_app)
