"""Where web addresses moved for good."""

from alembic import op

from vectorstore.schema import moves

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moves.create(op.get_bind(), checkfirst=True)
