"""The first schema: every table as `vectorstore.schema` declares it."""

from alembic import op

from vectorstore.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
