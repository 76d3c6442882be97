"""What a migration does that only adds to the schema."""

import sqlalchemy as sa
from alembic import op

from vectorstore.schema import metadata


def add_what_is_missing() -> None:
    """Every table, column and index that `vectorstore.schema` declares and the database lacks; nothing where none is missing.

    Columns that are added are nullable or have a server default, so that rows of before stay valid.
    """
    bind = op.get_bind()
    before = sa.inspect(bind).get_table_names()
    metadata.create_all(bind)
    for table in metadata.sorted_tables:
        if table.name in before:
            _add_columns(bind, table)


def _add_columns(bind: sa.Connection, table: sa.Table) -> None:
    known = {column["name"] for column in sa.inspect(bind).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            op.add_column(table.name, column._copy())
    indexes = {index["name"] for index in sa.inspect(bind).get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexes:
            index.create(bind)
