"""Alembic's entry: runs the revisions on the connection that `migrate` hands over."""

from alembic import context

from hub_server.foundation.storage import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
