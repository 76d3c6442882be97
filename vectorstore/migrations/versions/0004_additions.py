"""What the schema gained since 0003."""

from vectorstore.migrations.additions import add_what_is_missing

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

upgrade = add_what_is_missing
