"""What the schema gained since 0001."""

from vectorstore.migrations.additions import add_what_is_missing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

upgrade = add_what_is_missing
