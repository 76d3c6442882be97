"""What the schema gained since 0002."""

from vectorstore.migrations.additions import add_what_is_missing

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

upgrade = add_what_is_missing
